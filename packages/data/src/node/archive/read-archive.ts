/**
 * Reads a WARC or ARC file, plain or gzip (a member a record, as crawlers write, or one big member), record
 * by record in bounded memory. Framing is ours and decompression is node:zlib: the `warcio` package inflates
 * in JavaScript (pako), brings a command line and temporary files along, and gives up on damage that real
 * archives have.
 */
import type { ArchiveItem } from '../../archive/archive-record.js';
import { RecordFramer, type RecordFramerOptions } from '../../archive/record-framer.js';
import { type ByteRange, inputBytes, openInput } from '../files/input-file.js';

export interface ReadArchiveOptions extends RecordFramerOptions {
  /** Hears how many bytes of the file have been read. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** Default: the whole file. Both ends must be where a gzip member, or in a plain file a record, starts. */
  readonly range?: ByteRange | undefined;
}

/** Throws `data/input-missing` when the file cannot be opened; damage inside it is an item, not an error. */
export async function* readArchive(
  path: string,
  options: ReadArchiveOptions = {},
): AsyncGenerator<ArchiveItem> {
  await inputBytes(path);
  const framer = new RecordFramer(options);
  for await (const part of openInput(path, options.onBytes, options.range)) {
    if (part.kind === 'member') framer.startMember(part.offset);
    else if (part.kind === 'bytes') framer.write(part.bytes);
    else framer.damage(part.damage);
    yield* framer.take();
  }
  framer.end();
  yield* framer.take();
}
