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
import { inputBytes, openInput } from '../files/input-file.js';
import { RandomFile } from '../files/random-file.js';
import { localPath } from '../storage/local-files.js';
import { schemeOf } from '../storage/open-storage.js';

export interface ReadArchiveOptions extends RecordFramerOptions {
  /**
   * The block of a record is good until the next record is asked for: its memory is used again, which spares
   * what reads block after block most of its work. Default: every block is the caller's.
   */
  readonly reuseBlocks?: boolean | undefined;
  /** Hears how many bytes of the file have been read. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
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
  if (schemeOf(location) === 'file') {
    const file = new RandomFile(localPath(location));
    try {
      if (!isCompressed(file.read(0, 4))) {
        yield* readPlain(file, options);
        return;
      }
    } finally {
      file.close();
    }
  }
  const framer = new RecordFramer(options);
  for await (const part of openInput(location, opensRecord, options.onBytes)) {
    if (part.kind === 'member') framer.startMember(part.offset);
    else if (part.kind === 'bytes') framer.write(part.bytes);
    else framer.damage(part.damage);
    yield* framer.take();
  }
  framer.end();
  yield* framer.take();
}

/** A header and a short block; what is longer is passed over. */
const windowBytes = 32 * 1024;
/** Others want to run, too: a signal to stop, a timer. */
const longestRunMilliseconds = 20;

async function* readPlain(file: RandomFile, options: ReadArchiveOptions): AsyncGenerator<ArchiveItem> {
  const load = options.reuseBlocks === true ? intoOneBuffer(file) : file.read;
  const framer = new RecordFramer({ ...options, load });
  const buffer = new Uint8Array(windowBytes);
  let waited = performance.now();
  for (let at = 0; at < file.size; ) {
    const window = file.readInto(buffer, at);
    if (window.length === 0) break;
    framer.write(window);
    at += window.length;
    const skipped = Math.min(framer.skippable, file.size - at);
    framer.skip(skipped);
    at += skipped;
    options.onBytes?.(at);
    yield* framer.take();
    if (performance.now() - waited < longestRunMilliseconds) continue;
    await setImmediate();
    waited = performance.now();
  }
  framer.end();
  yield* framer.take();
}

function intoOneBuffer(file: RandomFile): RandomFile['read'] {
  let buffer = Buffer.allocUnsafeSlow(1 << 20);
  return (offset, length) => {
    if (length > buffer.length) buffer = Buffer.allocUnsafeSlow(Math.max(length, 2 * buffer.length));
    return file.readInto(buffer.subarray(0, length), offset);
  };
}

/** Whether inflated bytes open a record: of WARC, or of ARC. */
function opensRecord(head: Uint8Array): boolean {
  return /^\s*(?:WARC\/\d|\S{1,400}:\S{0,400} \S{1,60} \d{8,18} )/.test(Buffer.from(head).toString('latin1'));
}
