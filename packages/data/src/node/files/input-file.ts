/** The files that a run reads, plain or gzip. The one place that opens them. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { LlmError } from '@llm/core';
import { type InflatedPart, inflateMembers } from './gzip-members.js';

/** Bytes of a file from `start` up to `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Inflates a file, or a range of it. `onBytes` hears up to which byte of the file it has been dealt with. */
export function openInput(
  path: string,
  onBytes?: (bytes: number) => void,
  range?: ByteRange,
): AsyncGenerator<InflatedPart> {
  const piece = range === undefined ? {} : { start: range.start, end: range.end - 1 };
  const isEmpty = range !== undefined && range.end <= range.start;
  const source = isEmpty ? Readable.from([]) : createReadStream(path, { highWaterMark: 1 << 20, ...piece });
  return inflateMembers(source, onBytes, range?.start);
}

/** Size of an input file in bytes, or `data/input-missing`. */
export async function inputBytes(path: string): Promise<number> {
  try {
    const entry = await stat(path);
    if (entry.isFile()) return entry.size;
  } catch (cause) {
    const system = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw missing(
      path,
      system === 'ENOENT' ? 'there is no such file' : `it cannot be read (${system})`,
      cause,
    );
  }
  throw missing(path, 'it is a directory, not a file', undefined);
}

function missing(path: string, why: string, cause: unknown): LlmError {
  return new LlmError({
    code: 'data/input-missing',
    message: `Cannot read the input ${path}: ${why}. Check the path.`,
    details: { path },
    cause,
  });
}
