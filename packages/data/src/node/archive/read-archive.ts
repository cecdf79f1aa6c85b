/**
 * Reads a WARC or ARC file, plain or compressed (gzip, Zstandard, LZ4: a member a record, as crawlers write,
 * or one big member), record by record in bounded memory. Of a plain file of this machine it reads the
 * headers and leaves the blocks where they are until somebody asks for one. Framing is ours and decompression
 * is a library's: the `warcio` package inflates in JavaScript (pako), brings a command line and temporary
 * files along, and gives up on damage that real archives have.
 */
import { setImmediate } from 'node:timers/promises';
import type { ArchiveItem } from '../../archive/archive-record.js';
import { RecordFramer, type RecordFramerOptions } from '../../archive/record-framer.js';
import { isCompressed } from '../files/inflate-source.js';
import { ownBytes } from '../files/inflated-part.js';
import { type ByteRange, inputBytes, openInput } from '../files/input-file.js';
import { RandomFile } from '../files/random-file.js';
import { localPath } from '../storage/local-files.js';
import { schemeOf } from '../storage/open-storage.js';
import { opensRecord } from './opens-record.js';

export interface ReadArchiveOptions extends RecordFramerOptions {
  /**
   * The block of a record is good until the next record is asked for: its memory is used again, which spares
   * what reads block after block most of its work. Default: every block is the caller's.
   */
  readonly reuseBlocks?: boolean | undefined;
  /** Hears how many bytes of the file have been read. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** Default: the whole file. Only of gzip; both ends must be where a member starts that opens a record. */
  readonly range?: ByteRange | undefined;
}

/**
 * Throws `data/input-missing` or `data/storage-…` when the file cannot be opened; damage inside it is an
 * item, not an error.
 */
export async function* readArchive(
  location: string,
  options: ReadArchiveOptions = {},
): AsyncGenerator<ArchiveItem> {
  await inputBytes(location);
  const file = openPlain(location);
  if (file === undefined) {
    const framer = new RecordFramer(options);
    for await (const part of openInput(location, opensRecord, options.onBytes, options.range)) {
      if (part.kind === 'member') framer.startMember(part.offset);
      else if (part.kind === 'bytes')
        framer.write(options.reuseBlocks === true ? part.bytes : ownBytes(part));
      else framer.damage(part.damage);
      for (const item of framer.take()) yield item;
    }
    framer.end();
    for (const item of framer.take()) yield item;
    return;
  }
  // Not `yield*` of a generator of its own: that costs as much as cutting out a record.
  try {
    const load = options.reuseBlocks === true ? intoOneBuffer(file) : file.read;
    const framer = new RecordFramer({ ...options, load });
    let waited = performance.now();
    for (const at of readHeaders(file, framer)) {
      options.onBytes?.(at);
      for (const item of framer.take()) yield item;
      if (performance.now() - waited < longestRunMilliseconds) continue;
      await setImmediate();
      waited = performance.now();
    }
    framer.end();
    for (const item of framer.take()) yield item;
  } finally {
    file.close();
  }
}

/** A header, and the few short records before it. */
const windowBytes = 4 * 1024;
/** Where record after record is short. */
const longWindowBytes = 32 * 1024;
/** Others want to run, too: a signal to stop, a timer. */
const longestRunMilliseconds = 20;

/** The file, if it is one of this machine that is not compressed. */
function openPlain(location: string): RandomFile | undefined {
  if (schemeOf(location) !== 'file') return undefined;
  const file = new RandomFile(localPath(location));
  if (!isCompressed(file.read(0, 4))) return file;
  file.close();
  return undefined;
}

/** Gives `framer` the headers and short blocks of the file and passes over the rest. Yields how far it is. */
function* readHeaders(file: RandomFile, framer: RecordFramer): Generator<number> {
  const buffer = new Uint8Array(longWindowBytes);
  const short = buffer.subarray(0, windowBytes);
  let skipped = 1;
  for (let at = 0; at < file.size; ) {
    const window = file.readInto(skipped > 0 ? short : buffer, at);
    if (window.length === 0) return;
    framer.write(window);
    at += window.length;
    skipped = Math.min(framer.skippable, file.size - at);
    framer.skip(skipped);
    at += skipped;
    yield at;
  }
}

function intoOneBuffer(file: RandomFile): RandomFile['read'] {
  let buffer = Buffer.allocUnsafeSlow(1 << 20);
  return (offset, length) => {
    if (length > buffer.length) buffer = Buffer.allocUnsafeSlow(Math.max(length, 2 * buffer.length));
    return file.readInto(buffer.subarray(0, length), offset);
  };
}
