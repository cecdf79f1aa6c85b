/** `llm data train-quality`: labelled texts → a classifier for `--quality-model`, in fastText's format. */
import { LlmError, type RunEvent } from '@llm/core';
import { readDocuments, trainQualityModel } from '@llm/data/node';
import { type NamedSource, namedSources } from '../inputs/named-sources.js';
import { formatBytes, formatCount } from '../terminal/format.js';
import { listenForInterruption } from '../terminal/interruption.js';
import type { Output } from '../terminal/output.js';
import { jsonLine, shownLine } from '../terminal/shown-text.js';

export interface DataTrainQualityFlags {
  readonly source?: readonly string[] | undefined;
  readonly labelled?: readonly string[] | undefined;
  readonly labelField?: string | undefined;
  readonly textField?: string | undefined;
  readonly output: string;
  readonly dimension?: number | undefined;
  readonly ngrams?: number | undefined;
  readonly buckets?: number | undefined;
  readonly epochs?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly minCount?: number | undefined;
  readonly heldOut?: number | undefined;
  readonly seed?: number | undefined;
  readonly json?: boolean | undefined;
}

type Options = Parameters<typeof trainQualityModel>[0];
type Trained = Awaited<ReturnType<typeof trainQualityModel>>;

export async function dataTrainQuality(flags: DataTrainQualityFlags, output: Output): Promise<void> {
  const { source, labelled, labelField = 'label' } = flags;
  if ((source === undefined) === (labelled === undefined))
    throw unfit('Give either --source LABEL=PLACE … (a label for a whole source) or --labelled FILES.');
  if (labelled === undefined && flags.labelField !== undefined)
    throw unfit(
      '--label-field names a field of --labelled, and the labels are those of --source. Leave it out.',
    );
  const named = source ?? labelled!.map((place) => `rows=${place}`);
  const sources = await namedSources(named, flags.textField);
  const skipped: Record<string, number> = {};
  const field = labelled === undefined ? undefined : labelField;
  const interruption = listenForInterruption(() => output.stderr.write('stopping …\n'));
  try {
    const trained = await trainQualityModel({
      ...{ texts: labelledTexts(sources, field, skipped), output: flags.output, dimension: flags.dimension },
      ...{ wordNgrams: flags.ngrams, buckets: flags.buckets, epochs: flags.epochs, seed: flags.seed },
      ...{ learningRate: flags.learningRate, minimumCount: flags.minCount, heldOut: flags.heldOut },
      signal: interruption.signal,
      onEvent: flags.json === true ? (event) => output.stdout.write(jsonLine(event)) : progress(output),
    });
    if (flags.json !== true) output.stdout.write(summary(trained, flags.output, skipped));
  } finally {
    interruption.dispose();
  }
}

async function* labelledTexts(
  sources: readonly NamedSource[],
  field: string | undefined,
  skipped: Record<string, number>,
): Options['texts'] & AsyncGenerator<{ text: string; label: string }> {
  const skip = (reason: string): void => {
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };
  for (const { name, inputs } of sources)
    for await (const { text, metadata } of readDocuments(inputs, { onSkip: skip })) {
      const label = field === undefined ? name : metadata[field];
      if (typeof label === 'string' || typeof label === 'number') yield { text, label: String(label) };
      else skip('no-label');
    }
}

/** A line every five seconds. */
function progress({ stderr }: Output): (event: RunEvent) => void {
  let [last, line] = [Date.now(), ''];
  return (event) => {
    if (event.type === 'progress')
      line = `${formatCount(event.done)}${event.total === undefined ? '' : ` of ${formatCount(event.total)}`} ${event.unit}`;
    if (event.type === 'metric') line = `${line}, loss ${event.values.loss?.toFixed(4)}`;
    if (event.time - last < 5000) return;
    last = event.time;
    stderr.write(`${line}\n`);
  };
}

function summary(
  { texts, words, bytes, heldOut }: Trained,
  place: string,
  skipped: Readonly<Record<string, number>>,
): string {
  const lines = [`learned from ${formatCount(texts)} texts, ${formatCount(words)} words`];
  if (heldOut !== undefined) {
    lines.push(
      `of ${formatCount(heldOut.texts)} texts that were held out it labels ${(100 * heldOut.accuracy).toFixed(2)} % right`,
    );
    for (const [label, { texts, precision, recall }] of Object.entries(heldOut.labels))
      lines.push(
        `  ${label.padEnd(16)} ${formatCount(texts)} texts, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`,
      );
  }
  const left = Object.entries(skipped).map(([reason, count]) => `${formatCount(count)} ${reason}`);
  if (left.length > 0) lines.push(`not learned from: ${left.join(', ')}`);
  lines.push(`${formatBytes(bytes)}: ${place}`);
  return `${lines.map(shownLine).join('\n')}\n`;
}

const unfit = (message: string): LlmError => new LlmError({ code: 'pipeline/flag-without-input', message });
