/** `llm data explain`: one page's way through every step. */
import { explainPage } from '@llm/data';
import { findMatch, readShards } from '@llm/data/node';
import { type DataRun, type DroppedRow, openDataRun } from '../explaining/data-run.js';
import { explainedSteps } from '../explaining/explained-steps.js';
import { findPage } from '../explaining/find-page.js';
import { type RobotsFlags, robotsAnswer, robotsLines } from '../explaining/robots.js';
import { explanationLines } from '../explaining/show-explanation.js';
import type { StepPreset } from '../explaining/step-presets.js';
import { listenForInterruption } from '../terminal/interruption.js';
import type { Output } from '../terminal/output.js';
import { jsonLine, shownText } from '../terminal/shown-text.js';

export interface DataExplainFlags extends RobotsFlags {
  readonly run?: string | undefined;
  readonly steps?: string | undefined;
  readonly preset?: StepPreset | undefined;
  readonly url?: string | undefined;
  readonly characters: number;
  readonly json?: boolean | undefined;
}

export async function dataExplain(target: string, flags: DataExplainFlags, output: Output): Promise<void> {
  const run = flags.run === undefined ? undefined : openDataRun(flags.run);
  const steps = await explainedSteps(flags, run);
  const interruption = listenForInterruption(() => undefined);
  try {
    const {
      item,
      origin,
      recorded,
      archive,
      fetched = false,
    } = await findPage(target, {
      run,
      url: flags.url,
      signal: interruption.signal,
    });
    const write = (value: object, lines: readonly string[]): void =>
      void output.stdout.write(
        flags.json === true
          ? jsonLine({ target, origin, ...value })
          : `${shownText([`${target}: ${origin}`, ...lines].join('\n'))}\n`,
      );
    if (item.kind !== 'keep') {
      const reason = item.kind === 'drop' ? item.reason : 'no-page';
      const said =
        item.kind === 'drop'
          ? `reader: drops it: ${reason}`
          : `reader: a record of type ${item.recordType} holds no page`;
      return write({ verdict: 'drop', step: 'reader', reason, steps: [] }, [said]);
    }
    const robots = await robotsAnswer(item.page.url, flags, {
      archive,
      fetched,
      signal: interruption.signal,
    });
    const explanation = await explainPage(item.page, steps);
    const duplicate =
      run && (await duplicateOf(run, recorded, explanation.verdict === 'keep' ? item.page : undefined));
    write({ ...explanation, url: item.page.url, recorded, duplicate, robots }, [
      ...robotsLines(robots),
      ...explanationLines(explanation, flags.characters),
      ...duplicateLines(duplicate, run),
    ]);
  } finally {
    interruption.dispose();
  }
}

interface Duplicate {
  readonly of: string;
  readonly how: string;
  readonly similarity?: number | undefined;
  readonly url?: string | undefined;
  readonly text?: string | undefined;
}

/**
 * The document that a page is a duplicate of: as the run
 * found, or for a page that it has not seen, as it would.
 */
async function duplicateOf(
  run: DataRun,
  recorded: DroppedRow | { readonly id: string; readonly kept: true } | undefined,
  page: { readonly text: string; readonly url: string } | undefined,
): Promise<Duplicate | undefined> {
  if (recorded === undefined) {
    const match = page && (await findMatch(page, run));
    return match && { of: match.id, how: match.kind, url: match.url, text: match.text };
  }
  if ('kept' in recorded || (recorded.step !== 'minhash' && recorded.matchSpans === undefined))
    return undefined;
  const { match, duplicateOf: keeper, reason, similarity, matchIn } = recorded;
  const of = match ?? keeper;
  if (of === undefined) return undefined;
  if (matchIn === undefined)
    for await (const { id, text, metadata } of readShards(run.store, run.prefix))
      if (id === of) return { of, how: reason, similarity, url: String(metadata.url ?? ''), text };
  return { of: matchIn === undefined ? of : `${of} of ${matchIn}`, how: reason, similarity };
}

function duplicateLines(duplicate: Duplicate | undefined, run: DataRun | undefined): string[] {
  if (run === undefined) return [];
  if (duplicate === undefined) return ['', `no duplicate of it in ${run.directory}`];
  const { of, how, similarity, url, text } = duplicate;
  return [
    '',
    `duplicate (${how}) of ${of}${similarity === undefined ? '' : `, about ${Math.round(similarity * 100)} % alike`}${url ? `: ${url}` : ''}`,
    ...(text === undefined ? [] : [`  | ${text.slice(0, 300).replaceAll('\n', '\n  | ')}`]),
  ];
}
