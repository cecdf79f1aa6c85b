/**
 * A gzip file → inflated bytes with member boundaries, streaming. Members that fit in the window are inflated
 * synchronously in one call (a crawl has one small member a record: a stream object for each would cost more
 * than the inflating); members that are large, cut or damaged go through a stream, which gives out what can
 * be inflated before it says what is wrong. After damage the next gzip header that inflates to the start of a
 * record, or to text, is looked for, so one bad member costs one member. Uses node:zlib.
 */
import { constants, crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import type { ArchiveDamage } from '../../archive/archive-record.js';
import { gzipHeaderLength } from './gzip-header.js';
import type { InflatedPart, MemberStart } from './inflated-part.js';
import { MemberInflater } from './member-inflater.js';
import type { SourceWindow } from './source-window.js';

const windowBytes = 1 << 20;
const syncOutputLimit = 16 << 20;
/** How often bytes that were inflated in vain are looked at again: members may be made to overlap. */
const patience = 8;

/**
 * Yields the parts of what is in the window and comes after it. `onConsumed` hears how many bytes are dealt
 * with. The bytes of a member that fits in the window are good until the next part is asked for.
 */
export async function* inflateMembers(
  window: SourceWindow,
  opens: MemberStart,
  onConsumed?: (bytes: number) => void,
): AsyncGenerator<InflatedPart> {
  const search = new MemberSearch(window, opens);
  const inflater = new MemberInflater(syncOutputLimit);
  window.reuseMemory();
  try {
    while (await window.fill(windowBytes)) {
      const start = window.offset;
      onConsumed?.(start);
      const headerLength = gzipHeaderLength(window.bytes);
      if (headerLength === undefined) {
        const skipped = await search.next();
        // Zero padding after the last member is common (tape blocks) and no damage.
        if (skipped.zero) continue;
        const message = 'bytes that are no gzip member';
        // The member before is whole: its last record is not to blame.
        yield { kind: 'member', offset: start };
        yield damage(start, window, 'corrupt', message);
        continue;
      }
      // What was read from the member before is used up now.
      yield { kind: 'member', offset: start };
      const whole = inflateWhole(window.bytes, headerLength, inflater);
      if (whole === undefined) {
        yield* inflateStreaming(window, headerLength, search);
        continue;
      }
      if (whole.bytes.length > 0) yield { kind: 'bytes', bytes: whole.bytes, lent: true };
      window.drop(whole.consumed);
    }
    onConsumed?.(window.offset);
  } finally {
    inflater.close();
  }
}

/** The member at the start of `bytes`, or undefined when it is not wholly there, too large, or damaged. */
function inflateWhole(
  bytes: Buffer,
  headerLength: number,
  inflater: MemberInflater,
): { bytes: Uint8Array; consumed: number } | undefined {
  const inflated = inflater.inflate(bytes.subarray(headerLength));
  if (inflated === undefined) return undefined;
  const end = headerLength + inflated.consumed;
  if (end + 8 > bytes.length || bytes.readUInt32LE(end) !== crc32(inflated.bytes)) return undefined;
  return { bytes: inflated.bytes, consumed: end + 8 };
}

async function* inflateStreaming(
  window: SourceWindow,
  headerLength: number,
  search: MemberSearch,
): AsyncGenerator<InflatedPart> {
  const start = window.offset;
  const retained = Buffer.from(window.bytes);
  window.drop(headerLength);
  const inflate = createInflateRaw({ chunkSize: 256 * 1024 });
  let failure: Error | undefined;
  let ended = false;
  let checksum = 0;
  const output: Buffer[] = [];
  inflate.on('data', (chunk: Buffer) => output.push(chunk));
  const settled = (piece: Uint8Array): Promise<void> =>
    new Promise((resolve) => {
      // When the member ends inside a piece, zlib ends the stream and never calls back for the write.
      inflate.once('end', () => {
        ended = true;
        resolve();
      });
      inflate.once('error', (error) => {
        failure = error;
        resolve();
      });
      inflate.write(piece, () => resolve());
    });
  while (!ended && failure === undefined && (await window.fill(1))) {
    const before = inflate.bytesWritten;
    const piece = window.bytes.subarray(0, 32 * 1024);
    await settled(piece);
    inflate
      .removeAllListeners('end')
      .removeAllListeners('error')
      .on('error', () => undefined);
    for (const bytes of output.splice(0)) {
      checksum = crc32(bytes, checksum);
      yield { kind: 'bytes', bytes };
    }
    if (failure === undefined) window.drop(inflate.bytesWritten - before);
  }
  inflate.destroy();
  if (failure !== undefined) {
    // Garbage may have been read across the start of the next member: look again from the start of this.
    await search.from(retained, start, start + headerLength + inflate.bytesWritten);
    const message = `a gzip member that cannot be inflated (${(failure as Error).message})`;
    yield damage(start, window, 'corrupt', message);
    return;
  }
  await window.fill(8);
  const complete = ended && window.bytes.length >= 8;
  const fits = complete && window.bytes.readUInt32LE(0) === checksum;
  window.drop(complete ? 8 : window.bytes.length);
  if (fits) return;
  // The end, too, may have been found beyond this member.
  await search.from(retained, start, window.offset);
  if (complete || window.bytes.length > 0)
    yield damage(start, window, 'corrupt', 'a gzip member whose checksum is wrong');
  else yield damage(start, window, 'truncated', 'the file ends inside a gzip member');
}

/** Damage from `start` to where the window begins. */
function damage(
  start: number,
  window: SourceWindow,
  reason: ArchiveDamage['reason'],
  message: string,
): InflatedPart {
  return { kind: 'damage', damage: { reason, offset: start, bytes: window.offset - start, message } };
}

/** Finds where reading goes on after damage. */
class MemberSearch {
  /** File offset up to which bytes have been inflated in vain. */
  #reached = 0;
  #patience = patience;

  constructor(
    readonly window: SourceWindow,
    readonly opens: MemberStart,
  ) {}

  /**
   * The member at `start`, where `retained` begins, failed after reading up to `reached`: goes to the next
   * one after its first byte, which may lie inside of it. After many such in the same bytes, to the next
   * after them.
   */
  async from(retained: Buffer, start: number, reached: number): Promise<void> {
    if (start >= this.#reached) this.#patience = patience;
    this.#reached = Math.max(this.#reached, reached);
    if (this.#patience-- <= 0) {
      this.window.drop(Math.min(this.window.bytes.length, Math.max(0, this.#reached - this.window.offset)));
      await this.window.fill(windowBytes);
      if (!this.#isMember(this.window.bytes)) await this.next();
    } else if (this.window.rewind(retained, start)) await this.next();
  }

  /** Drops a byte, and more until a member starts that inflates to a start, or the source ends. */
  async next(): Promise<{ zero: boolean }> {
    const { window } = this;
    let zero = (window.bytes[0] ?? 0) === 0;
    window.drop(Math.min(1, window.bytes.length));
    while (await window.fill(windowBytes)) {
      const bytes = window.bytes;
      for (let at = bytes.indexOf(0x1f); at >= 0; at = bytes.indexOf(0x1f, at + 1)) {
        if (!this.#isMember(bytes.subarray(at))) continue;
        zero &&= bytes.subarray(0, at).every((byte) => byte === 0);
        window.drop(at);
        return { zero };
      }
      const keep = window.ended ? 0 : Math.min(bytes.length, 4096);
      zero &&= bytes.subarray(0, bytes.length - keep).every((byte) => byte === 0);
      window.drop(bytes.length - keep);
      if (window.ended) break;
    }
    return { zero };
  }

  #isMember(bytes: Uint8Array): boolean {
    const headerLength = gzipHeaderLength(bytes.subarray(0, 1024));
    if (headerLength === undefined) return false;
    try {
      const piece = bytes.subarray(headerLength, headerLength + 1024);
      return this.opens(inflateRawSync(piece, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, 512));
    } catch {
      return false;
    }
  }
}
