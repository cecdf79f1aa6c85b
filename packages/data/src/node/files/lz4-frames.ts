/**
 * LZ4 frames (the LZ4 frame format 1.6, as FastWARC writes: a frame a record) → inflated bytes with frame
 * boundaries. A frame is walked block by block to its end and inflated by `lz4-napi` (lz4_flex), which checks
 * its checksums. Left out: frames with a dictionary, and frames that could inflate to more than 256 MiB.
 */
import { decompressFrameSync } from 'lz4-napi';
import { damagedFrame, skipToMagic } from './frame-search.js';
import type { InflatedPart } from './inflated-part.js';
import type { SourceWindow } from './source-window.js';

const magic = Buffer.from([0x04, 0x22, 0x4d, 0x18]);
const largestFrame = 256 << 20;

export function isLz4(start: Uint8Array): boolean {
  return start[0] === 0x04 && start[1] === 0x22 && start[2] === 0x4d && start[3] === 0x18;
}

/** `onConsumed` hears how many bytes of the source are dealt with. */
export async function* inflateLz4(
  window: SourceWindow,
  onConsumed?: (bytes: number) => void,
): AsyncGenerator<InflatedPart> {
  while (await window.fill(4)) {
    const start = window.offset;
    yield { kind: 'member', offset: start };
    const length = isSkippable(window.bytes) ? await skippableLength(window) : await frameLength(window);
    if (typeof length === 'string') {
      const cut = window.ended && length === 'cut';
      if (cut) window.drop(window.bytes.length);
      else await skipToMagic(window, magic);
      const message = cut ? 'the file ends inside an LZ4 frame' : `bytes that are no LZ4 frame (${length})`;
      yield damagedFrame(start, window, cut ? 'truncated' : 'corrupt', message);
    } else {
      const inflated = isSkippable(window.bytes)
        ? new Uint8Array(0)
        : inflate(window.bytes.subarray(0, length));
      window.drop(length);
      if (typeof inflated === 'string') yield damagedFrame(start, window, 'corrupt', inflated);
      else if (inflated.length > 0) yield { kind: 'bytes', bytes: inflated };
    }
    onConsumed?.(window.offset);
  }
}

function inflate(frame: Buffer): Uint8Array | string {
  try {
    return decompressFrameSync(frame);
  } catch (error) {
    return `an LZ4 frame that cannot be inflated (${(error as Error).message})`;
  }
}

function isSkippable(start: Uint8Array): boolean {
  return ((start[0] ?? 0) & 0xf0) === 0x50 && start[1] === 0x2a && start[2] === 0x4d && start[3] === 0x18;
}

async function skippableLength(window: SourceWindow): Promise<number | string> {
  await window.fill(8);
  if (window.bytes.length < 8) return 'cut';
  const length = 8 + window.bytes.readUInt32LE(4);
  if (length > largestFrame) return 'too long';
  await window.fill(length);
  return window.bytes.length < length ? 'cut' : length;
}

/** Of the frame at the start of the window, which then holds all of it; or why there is none. */
async function frameLength(window: SourceWindow): Promise<number | string> {
  if (!isLz4(window.bytes)) return 'no magic number';
  await window.fill(32);
  const [flags = 0, sizes = 0] = window.bytes.subarray(4, 6);
  if (flags >> 6 !== 1 || (flags & 2) !== 0 || (sizes & 0x8f) !== 0 || sizes >> 4 < 4)
    return 'no frame header';
  if ((flags & 1) !== 0) return 'it needs a dictionary';
  const blockLimit = 1 << (8 + 2 * (sizes >> 4));
  const blockChecksum = (flags & 16) === 0 ? 0 : 4;
  let at = 7 + ((flags & 8) === 0 ? 0 : 8);
  for (let inflated = 0; ; inflated += blockLimit) {
    if (inflated > largestFrame) return 'too long';
    await window.fill(at + 4);
    if (window.bytes.length < at + 4) return 'cut';
    const size = window.bytes.readUInt32LE(at) & 0x7fffffff;
    at += 4;
    if (size === 0) break;
    if (size > blockLimit) return 'a block that is too long';
    at += size + blockChecksum;
  }
  at += (flags & 4) === 0 ? 0 : 4;
  await window.fill(at);
  return window.bytes.length < at ? 'cut' : at;
}
