/** `llm data tales`: children's stories without end, as rows for `--jsonl`. */
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type MiniwebTale, miniwebTales } from '@llm/miniweb';
import { openOutput } from '../export/output-place.js';
import { formatBytes, formatCount } from '../terminal/format.js';
import { listenForInterruption } from '../terminal/interruption.js';
import type { Output } from '../terminal/output.js';
import { shownLine } from '../terminal/shown-text.js';

export interface DataTalesFlags {
  readonly output: string;
  readonly count: number;
  readonly seed?: number | undefined;
}

/** A file of that name is replaced when the new one is whole; a folder is `pipeline/output-exists`. */
export async function dataTales(flags: DataTalesFlags, { stdout, stderr }: Output): Promise<void> {
  const { output, count, seed = 1 } = flags;
  const place = openOutput(output, { kind: 'file', force: true, what: 'the set of tales' });
  const interruption = listenForInterruption(() => stderr.write('stopping …\n'));
  const { signal } = interruption;
  try {
    await pipeline(rows(miniwebTales({ seed, count })), createWriteStream(place.temporary, { flush: true }), {
      signal,
    });
    place.keep();
  } catch (error) {
    place.discard();
    signal.throwIfAborted();
    throw error;
  } finally {
    interruption.dispose();
  }
  const { size } = await stat(output);
  stdout.write(`${shownLine(`${formatCount(count)} tales, ${formatBytes(size)}: ${output}`)}\n`);
}

function* rows(tales: Iterable<MiniwebTale>): Generator<string> {
  for (const { id, text } of tales) yield `${JSON.stringify({ id, text })}\n`;
}
