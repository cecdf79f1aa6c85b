/**
 * Zstandard files (RFC 8878) → inflated bytes with frame boundaries, streaming. A frame is walked block by
 * block, so that a damaged one costs itself alone. Without a dictionary it goes through fzstd, as Node has no
 * Zstandard before 22.15; with one, through the reference library as WebAssembly. The dictionary of a web
 * archive stands in a first frame of its own that is passed over (IIPC, "Zstandard WARC files" 1.0), plain or
 * compressed itself. Windows above 128 MiB are refused, as `zstd` refuses them; frames with a dictionary
 * above 16 MiB, too, compressed or not.
 */
import { createDCtx, decompressUsingDict, freeDCtx } from '@bokuweb/zstd-wasm';
import { Decompress, decompress } from 'fzstd';
import { loadZstd } from '../parquet/zstd.js';
import { damagedFrame, skipToMagic } from './frame-search.js';
import type { InflatedPart } from './inflated-part.js';
import type { SourceWindow } from './source-window.js';
import { readFrameHeader, type ZstdFrameHeader } from './zstd-frame-header.js';

const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const largestDictionary = 64 << 20;
const largestDictionaryFrame = 16 << 20;

/** A frame, or one that is passed over and comes before it. */
export function isZstd(start: Uint8Array): boolean {
  return isFrame(start) || isSkippable(start);
}

function isFrame(start: Uint8Array): boolean {
  return start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd;
}

function isSkippable(start: Uint8Array): boolean {
  return ((start[0] ?? 0) & 0xf0) === 0x50 && start[1] === 0x2a && start[2] === 0x4d && start[3] === 0x18;
}

/** `onConsumed` hears how many bytes of the source are dealt with. */
export async function* inflateZstd(
  window: SourceWindow,
  onConsumed?: (bytes: number) => void,
): AsyncGenerator<InflatedPart> {
  let dictionary: Uint8Array | undefined;
  while (await window.fill(18)) {
    const start = window.offset;
    if (isSkippable(window.bytes)) {
      const isDictionary = start === 0 && window.bytes[0] === 0x5d;
      const content = await skippedContent(window);
      if (content === undefined)
        yield damagedFrame(start, window, 'truncated', 'the file ends inside a frame');
      else if (isDictionary) dictionary = content;
      onConsumed?.(window.offset);
      continue;
    }
    yield { kind: 'member', offset: start };
    const header = isFrame(window.bytes) ? readFrameHeader(window.bytes) : 'no magic number';
    if (typeof header === 'string') {
      if (window.bytes.length < 18 && isFrame(window.bytes)) {
        window.drop(window.bytes.length);
        yield damagedFrame(start, window, 'truncated', 'the file ends inside a Zstandard frame');
      } else {
        await skipToMagic(window, magic);
        yield damagedFrame(start, window, 'corrupt', `bytes that are no Zstandard frame (${header})`);
      }
    } else {
      yield* header.hasDictionary || dictionary !== undefined
        ? inflateWithDictionary(window, header, dictionary)
        : inflateStreaming(window, header, onConsumed);
    }
    onConsumed?.(window.offset);
  }
}

/** Content of the skippable frame, if it is not longer than a dictionary; undefined when it is cut. */
async function skippedContent(window: SourceWindow): Promise<Uint8Array | undefined> {
  await window.fill(8);
  let left = window.bytes.length < 8 ? Number.POSITIVE_INFINITY : window.bytes.readUInt32LE(4);
  const isKept = left <= largestDictionary;
  window.drop(Math.min(8, window.bytes.length));
  if (isKept) await window.fill(left);
  const content = isKept ? window.bytes.subarray(0, left) : new Uint8Array(0);
  while (left > 0 && (await window.fill(1))) {
    const count = Math.min(left, window.bytes.length);
    window.drop(count);
    left -= count;
  }
  if (left > 0) return undefined;
  try {
    return isFrame(content) ? decompress(content) : content;
  } catch {
    return content;
  }
}

/** Yields the frame piece by piece, as it stands: header, blocks, checksum. Returns what is wrong. */
async function* framePieces(
  window: SourceWindow,
  { length, hasChecksum }: ZstdFrameHeader,
): AsyncGenerator<Uint8Array, 'cut' | 'bad' | undefined> {
  yield window.bytes.subarray(0, length);
  window.drop(length);
  for (let isLast = false; !isLast; ) {
    await window.fill(3);
    if (window.bytes.length < 3) return 'cut';
    const block = window.bytes.readUIntLE(0, 3);
    isLast = (block & 1) === 1;
    const type = (block >> 1) & 3;
    // A block of one byte repeated has one byte.
    const size = 3 + (type === 1 ? 1 : block >> 3);
    if (type === 3 || block >> 3 > 128 * 1024) return 'bad';
    await window.fill(size);
    if (window.bytes.length < size) return 'cut';
    yield window.bytes.subarray(0, size);
    window.drop(size);
  }
  const checksum = hasChecksum ? 4 : 0;
  await window.fill(checksum);
  if (window.bytes.length < checksum) return 'cut';
  yield window.bytes.subarray(0, checksum);
  window.drop(checksum);
  return undefined;
}

async function* inflateStreaming(
  window: SourceWindow,
  header: ZstdFrameHeader,
  onConsumed?: (bytes: number) => void,
): AsyncGenerator<InflatedPart> {
  const start = window.offset;
  let waiting: Uint8Array[] = [];
  const inflate = new Decompress((bytes) => void waiting.push(bytes));
  let failure: string | undefined;
  const pieces = framePieces(window, header);
  for (;;) {
    const next = await pieces.next();
    try {
      if (failure === undefined)
        inflate.push(
          next.done === true ? new Uint8Array(0) : next.value,
          next.done === true && next.value === undefined,
        );
    } catch (error) {
      failure = (error as Error).message;
    }
    for (const bytes of waiting) if (bytes.length > 0) yield { kind: 'bytes', bytes };
    waiting = [];
    onConsumed?.(window.offset);
    if (next.done === true) {
      yield* endOfFrame(window, start, next.value, failure);
      return;
    }
  }
}

async function* inflateWithDictionary(
  window: SourceWindow,
  header: ZstdFrameHeader,
  dictionary: Uint8Array | undefined,
): AsyncGenerator<InflatedPart> {
  const start = window.offset;
  const kept: Uint8Array[] = [];
  let size = 0;
  const pieces = framePieces(window, header);
  let next = await pieces.next();
  for (; next.done !== true; next = await pieces.next()) {
    size += next.value.length;
    if (size <= largestDictionaryFrame) kept.push(next.value);
  }
  let failure: string | undefined;
  if (dictionary === undefined) failure = 'it needs a dictionary, and the file does not begin with one';
  else if (Math.max(size, header.contentSize ?? 0) > largestDictionaryFrame)
    failure = 'too long for one with a dictionary';
  else if (next.value === undefined) {
    await loadZstd();
    const context = createDCtx();
    try {
      const options = { defaultHeapSize: largestDictionaryFrame };
      const bytes = decompressUsingDict(context, Buffer.concat(kept), dictionary, options);
      if (bytes.length > 0) yield { kind: 'bytes', bytes };
    } catch (error) {
      failure = String((error as Error).message ?? error);
    } finally {
      freeDCtx(context);
    }
  }
  yield* endOfFrame(window, start, next.value, failure);
}

async function* endOfFrame(
  window: SourceWindow,
  start: number,
  fault: 'cut' | 'bad' | undefined,
  failure: string | undefined,
): AsyncGenerator<InflatedPart> {
  if (fault === 'cut') {
    window.drop(window.bytes.length);
    yield damagedFrame(start, window, 'truncated', 'the file ends inside a Zstandard frame');
  } else if (fault === 'bad' || failure !== undefined) {
    if (fault === 'bad') await skipToMagic(window, magic);
    const why = failure ?? 'a block of no kind that there is';
    yield damagedFrame(start, window, 'corrupt', `Zstandard data that cannot be inflated (${why})`);
  }
}
