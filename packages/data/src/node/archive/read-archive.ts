/**
 * Reads a WARC or ARC file, plain or gzip (a member a record, as crawlers write, or one big member), record by
 * record in bounded memory. Framing is ours and decompression is node:zlib: the `warcio` package inflates in
 * JavaScript (pako), brings a command line and temporary files along, and gives up on damage that real archives have.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { LlmError } from '@llm/core';
import type { ArchiveItem } from '../../archive/archive-record.js';
import { RecordFramer, type RecordFramerOptions } from '../../archive/record-framer.js';
import { inflateMembers } from './gzip-members.js';

export interface ReadArchiveOptions extends RecordFramerOptions {
  /** Hears how many bytes of the file have been read. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Throws `data/input-missing` when the file cannot be opened; damage inside it is an item, not an error. */
export async function* readArchive(
  path: string,
  options: ReadArchiveOptions = {},
): AsyncGenerator<ArchiveItem> {
  await checkInput(path);
  const framer = new RecordFramer(options);
  const source = createReadStream(path, { highWaterMark: 1 << 20 });
  for await (const part of inflateMembers(source, options.onBytes)) {
    if (part.kind === 'member') framer.startMember(part.offset);
    else if (part.kind === 'bytes') framer.write(part.bytes);
    else framer.damage(part.offset, part.bytes, part.reason, part.message);
    yield* framer.take();
  }
  framer.end();
  yield* framer.take();
}

/** Size of an input file in bytes, or `data/input-missing`. */
export async function checkInput(path: string): Promise<number> {
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
