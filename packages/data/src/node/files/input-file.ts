/** The files that a run reads, plain or compressed. The one place that opens them. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { LlmError } from '@llm/core';
import { inflateSource } from './inflate-source.js';
import type { InflatedPart, MemberStart } from './inflated-part.js';

/** Inflates a file. `onBytes` hears how many bytes of the file have been dealt with. */
export function openInput(
  path: string,
  opens: MemberStart,
  onBytes?: (bytes: number) => void,
): AsyncGenerator<InflatedPart> {
  return inflateSource(createReadStream(path, { highWaterMark: 1 << 20 }), opens, onBytes);
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
