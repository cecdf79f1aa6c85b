/** `llm data tales`: children's stories without end, as rows for `--jsonl`. */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type MiniwebTale, miniwebTales } from '@llm/miniweb';
import { formatBytes, formatCount } from '../terminal/format.js';
import { listenForInterruption } from '../terminal/interruption.js';
import type { Output } from '../terminal/output.js';
import { shownLine } from '../terminal/shown-text.js';

export interface DataTalesFlags {
  readonly output: string;
  readonly count: number;
  readonly seed?: number | undefined;
}

/** A file with the name is whole: it has another one until then. */
export async function dataTales(flags: DataTalesFlags, { stdout, stderr }: Output): Promise<void> {
  const { output: place, count, seed = 1 } = flags;
  const unfinished = `${place}.${process.pid}.tmp`;
  const interruption = listenForInterruption(() => stderr.write('stopping …\n'));
  const { signal } = interruption;
  try {
    await mkdir(dirname(place), { recursive: true });
    await pipeline(rows(miniwebTales({ seed, count })), createWriteStream(unfinished, { flush: true }), {
      signal,
    });
    await rename(unfinished, place);
  } catch (error) {
    await rm(unfinished, { force: true });
    signal.throwIfAborted();
    throw error;
  } finally {
    interruption.dispose();
  }
  const { size } = await stat(place);
  stdout.write(`${shownLine(`${formatCount(count)} tales, ${formatBytes(size)}: ${place}`)}\n`);
}

function* rows(tales: Iterable<MiniwebTale>): Generator<string> {
  for (const { id, text } of tales) yield `${JSON.stringify({ id, text })}\n`;
}
