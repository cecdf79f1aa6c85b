/**
 * A compressed or plain file → inflated bytes with member boundaries, streaming. Members that fit in the
 * window are inflated synchronously in one call (a crawl has one small member a record: a stream object for
 * each would cost more than the inflating); members that are large, cut or damaged go through a stream, which
 * gives out what can be inflated before it says what is wrong. After damage the next gzip header that
 * inflates to a record start is looked for, so one bad member costs one member. Uses node:zlib; LZ4 archives
 * are not read.
 */
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib';
import type { ArchiveDamage } from '../../archive/archive-record.js';
import { SourceWindow } from './source-window.js';

export type InflatedPart =
  | { readonly kind: 'member'; readonly offset: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'damage'; readonly damage: ArchiveDamage };

const windowBytes = 1 << 20;
const syncOutputLimit = 16 << 20;

/**
 * Reads `source`, which starts at byte `offset` of its file, and yields its parts. `onConsumed` hears how
 * many bytes of the file are dealt with.
 */
export async function* inflateMembers(
  source: AsyncIterable<Uint8Array>,
  onConsumed?: (bytes: number) => void,
  offset = 0,
): AsyncGenerator<InflatedPart> {
  const window = new SourceWindow(source, offset);
  await window.fill(2);
  const gzip = window.bytes[0] === 0x1f && window.bytes[1] === 0x8b;
  if (!gzip) {
    while (await window.fill(1)) {
      yield { kind: 'bytes', bytes: window.bytes };
      window.drop(window.bytes.length);
      onConsumed?.(window.offset);
    }
    return;
  }
  while (await window.fill(1)) {
    onConsumed?.(window.offset);
    yield* inflateOne(window);
  }
  onConsumed?.(window.offset);
}

async function* inflateOne(window: SourceWindow): AsyncGenerator<InflatedPart> {
  const start = window.offset;
  await window.fill(windowBytes);
  const headerLength = gzipHeaderLength(window.bytes);
  if (headerLength === undefined) {
    const skipped = await skipToMember(window);
    // Zero padding after the last member is common (tape blocks) and no damage.
    if (skipped.zero) return;
    const message = 'bytes that are no gzip member';
    // The member before is whole: its last record is not to blame.
    yield { kind: 'member', offset: start };
    yield damage(start, window, 'corrupt', message);
    return;
  }
  const whole = inflateWhole(window.bytes, headerLength);
  if (whole !== undefined) {
    yield { kind: 'member', offset: start };
    if (whole.output.length > 0) yield { kind: 'bytes', bytes: whole.output };
    window.drop(whole.consumed);
    return;
  }
  yield { kind: 'member', offset: start };
  yield* inflateStreaming(window, headerLength, start);
}

/** The member at the start of `bytes`, or undefined when it is not wholly there, too large, or damaged. */
function inflateWhole(bytes: Buffer, headerLength: number): { output: Buffer; consumed: number } | undefined {
  try {
    const result = inflateRawSync(bytes.subarray(headerLength), {
      info: true,
      maxOutputLength: syncOutputLimit,
      chunkSize: 64 * 1024,
    }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    const end = headerLength + result.engine.bytesWritten;
    if (end + 8 > bytes.length) return undefined;
    return bytes.readUInt32LE(end) === crc32(result.buffer)
      ? { output: result.buffer, consumed: end + 8 }
      : undefined;
  } catch {
    return undefined;
  }
}

async function* inflateStreaming(
  window: SourceWindow,
  headerLength: number,
  start: number,
): AsyncGenerator<InflatedPart> {
  const retained = window.bytes;
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
    const piece = window.bytes.subarray(0, 64 * 1024);
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
    window.rewind(retained, start);
    await skipToMember(window);
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
  if (window.rewind(retained, start)) await skipToMember(window);
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

/** Length of the gzip header (RFC 1952) at the start of `bytes`; undefined when there is none. */
function gzipHeaderLength(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) return undefined;
  const flags = bytes[3] ?? 0xff;
  if ((flags & 0xe0) !== 0) return undefined;
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return undefined;
    at = end + 1;
  }
  if ((flags & 2) !== 0) at += 2;
  return at <= bytes.length ? at : undefined;
}

/** Drops a byte, and more until a member starts that inflates to a record, or the source ends. */
async function skipToMember(window: SourceWindow): Promise<{ zero: boolean }> {
  let zero = (window.bytes[0] ?? 0) === 0;
  window.drop(Math.min(1, window.bytes.length));
  while (await window.fill(windowBytes)) {
    const bytes = window.bytes;
    for (let at = bytes.indexOf(0x1f); at >= 0; at = bytes.indexOf(0x1f, at + 1)) {
      if (!opensRecord(bytes.subarray(at))) continue;
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

/** Whether a gzip member starts here that inflates to the head of a record. */
export function opensRecord(bytes: Uint8Array): boolean {
  const headerLength = gzipHeaderLength(bytes.subarray(0, 1024));
  if (headerLength === undefined) return false;
  try {
    const head = inflateRawSync(bytes.subarray(headerLength, headerLength + 4096), { finishFlush: 2 })
      .subarray(0, 512)
      .toString('latin1');
    return /^\s*(?:WARC\/\d|\S+:\S+ \S+ \d{8,18} )/.test(head);
  } catch {
    return false;
  }
}
