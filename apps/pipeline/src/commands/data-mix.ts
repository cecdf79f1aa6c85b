/** `llm data mix`: sources → one shuffled corpus with given shares, with a data card beside it. */
import { basename } from 'node:path';
import { LlmError, type RunEvent } from '@llm/core';
import { mixDocuments, readDocuments, writeDataCard, writeMixture } from '@llm/data/node';
import { namedSources, namedWeights } from '../inputs/named-sources.js';
import { claimOutput } from '../output/claim-output.js';
import { type OutputFlags, type OutputPlace, openOutputPlace, writeText } from '../output/data-output.js';
import { formatBytes, formatCount } from '../terminal/format.js';
import { listenForInterruption } from '../terminal/interruption.js';
import type { Output } from '../terminal/output.js';
import { shownLine } from '../terminal/shown-text.js';

export interface DataMixFlags extends OutputFlags {
  readonly source: readonly string[];
  readonly textField?: string | undefined;
  readonly by?: 'source' | 'language' | undefined;
  readonly weight?: readonly string[] | undefined;
  readonly temperature?: number | undefined;
  readonly documents?: number | undefined;
  readonly characters?: number | undefined;
  readonly tokens?: number | undefined;
  readonly maxEpochs?: number | undefined;
  readonly seed?: number | undefined;
}

const units = ['documents', 'characters', 'tokens'] as const;
type Mixture = Awaited<ReturnType<typeof mixDocuments>>;
type Written = Parameters<typeof writeDataCard>[0]['written'];

export async function dataMix(flags: DataMixFlags, { stdout, stderr }: Output): Promise<void> {
  const { by = 'source', temperature, maxEpochs: maximumEpochs, seed = 0 } = flags;
  const given = units.filter((unit) => flags[unit] !== undefined);
  if (given.length > 1) throw unfit(`--${given[0]} and --${given[1]} are two budgets. Give one.`);
  const unit = given[0] ?? 'documents';
  const { place, countTokens } = await openPlace(flags, unit);
  const sources = await namedSources(flags.source, flags.textField);
  const weights = flags.weight && namedWeights(flags.weight);
  const skipped: Record<string, number> = {};
  const onSkip = (reason: string): void => {
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };
  const interruption = listenForInterruption(() => stderr.write('stopping …\n'));
  const { signal } = interruption;
  let last = Date.now();
  const onEvent = (event: RunEvent): void => {
    if (event.type !== 'progress' || event.time - last < 5000) return;
    last = event.time;
    stderr.write(`${formatCount(event.done)} ${event.unit}\n`);
  };
  try {
    let pass = 0;
    const mixture = await mixDocuments({
      sources: sources.map(({ name, inputs }) => ({
        name,
        // Counted the first time; both passes skip the same.
        documents: () => readDocuments(inputs, pass++ < sources.length ? { onSkip } : {}),
      })),
      ...{
        by,
        weights,
        temperature,
        budget: flags[unit],
        unit,
        countTokens,
        maximumEpochs,
        seed,
        signal,
        onEvent,
      },
    });
    stderr.write(`${table(mixture, unit).map(shownLine).join('\n')}\n`);
    const { format, compression, output } = place;
    await claimOutput(output);
    const written =
      format === 'tokens' || format === 'megatron'
        ? await writeText(place, documentsOf(mixture), signal)
        : await writeMixture(mixture, { output, format, compression, signal, onEvent });
    await writeDataCard({
      name: basename(output.replace(/\/+$/, '')),
      output,
      inputs: sources.flatMap(({ inputs }) => inputs),
      steps: [],
      settings: {
        mixture: {
          by,
          unit,
          budget: flags[unit] ?? null,
          temperature: temperature ?? null,
          seed,
          groups: rows(mixture),
        },
        sources: Object.fromEntries(
          sources.map(({ name, inputs }) => [name, inputs.map(({ path }) => basename(path))]),
        ),
        output: { format, compression: compression ?? 'default' },
      },
      report: reportOf(mixture, written, skipped),
      written,
      licence: flags.licence,
    });
    const bytes = written.files.reduce((sum, file) => sum + file.bytes, 0);
    const left = Object.entries(skipped).map(([reason, count]) => `${formatCount(count)} ${reason}`);
    if (left.length > 0) stderr.write(`not documents: ${left.join(', ')}\n`);
    stdout.write(
      `${formatCount(written.documents)} documents, ${formatBytes(bytes)} in ${written.files.length} files, and their card, in ${output}\n`,
    );
  } finally {
    interruption.dispose();
  }
}

async function openPlace(
  flags: DataMixFlags,
  unit: (typeof units)[number],
): Promise<{ place: OutputPlace; countTokens?: ((text: string) => number) | undefined }> {
  const { tokenizer: path, output, format, compression, licence } = flags;
  const isTokens = format === 'tokens' || format === 'megatron';
  if (path === undefined && unit === 'tokens')
    throw unfit('--tokens counts by a tokenizer: name it with --tokenizer PATH.');
  const own = isTokens || unit !== 'tokens' ? path : undefined;
  const place = await openOutputPlace({ output, format, compression, licence, tokenizer: own });
  if (place === undefined) throw unfit('Where should the mixture go? Give --output.');
  if (unit !== 'tokens') return { place };
  const tokenizer = place.tokenizer ?? (await import('../output/token-output.js')).readTokenizer(path!);
  return { place, countTokens: (text) => tokenizer.encode(text).length };
}

async function* documentsOf(mixture: Mixture) {
  for await (const { documents } of mixture.parts()) yield* documents;
}

const rows = ({ groups }: Mixture) =>
  [...groups].map(([group, { share, documents, size, epochs }]) => ({
    group,
    share: Number(share.toFixed(6)),
    documents,
    size,
    epochs: Number(epochs.toFixed(6)),
  }));

function table(mixture: Mixture, unit: string): string[] {
  return rows(mixture).map(
    ({ group, share, documents, size, epochs }) =>
      `  ${group.padEnd(16)} ${(100 * share).toFixed(2).padStart(6)} %  ${formatCount(documents)} documents, ${formatCount(size)} ${unit}, read ${epochs.toFixed(3)} times`,
  );
}

function reportOf(
  { documentsRead }: Mixture,
  written: Written,
  skipped: Readonly<Record<string, number>>,
): Parameters<typeof writeDataCard>[0]['report'] {
  const dropped = Object.fromEntries(
    Object.entries(skipped).map(([reason, count]) => [`reader/${reason}`, count]),
  );
  const funnel = [{ step: 'mixture', entered: documentsRead, left: written.documents, dropped: {} }];
  return { fingerprint: '', pages: documentsRead, kept: written.documents, funnel, dropped, pii: {} };
}

const unfit = (message: string): LlmError => new LlmError({ code: 'pipeline/flag-without-input', message });
