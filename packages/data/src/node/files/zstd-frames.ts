/**
 * Zstandard files → inflated bytes, streaming (fzstd: Node has none before 22.15). Frames that need a
 * dictionary, as some archives of the Internet Archive do, are not read.
 */
import { Decompress } from 'fzstd';
import type { InflatedPart } from './inflated-part.js';

/** A frame, or one that is passed over and comes before it. */
export function isZstd(start: Uint8Array): boolean {
  const [first, second, third, fourth] = start;
  if (second === 0xb5) return first === 0x28 && third === 0x2f && fourth === 0xfd;
  return ((first ?? 0) & 0xf0) === 0x50 && second === 0x2a && third === 0x4d && fourth === 0x18;
}

/** `onConsumed` hears how many bytes of the source are dealt with. What follows damage is lost, and said. */
export async function* inflateZstd(
  source: AsyncIterable<Uint8Array>,
  onConsumed?: (bytes: number) => void,
): AsyncGenerator<InflatedPart> {
  let waiting: Uint8Array[] = [];
  const inflate = new Decompress((bytes) => void waiting.push(bytes));
  let offset = 0;
  let failure: Error | undefined;
  const push = (bytes: Uint8Array, isLast: boolean): InflatedPart[] => {
    try {
      inflate.push(bytes, isLast);
    } catch (error) {
      failure = error as Error;
    }
    const parts = waiting.filter(({ length }) => length > 0);
    waiting = [];
    return parts.map((part) => ({ kind: 'bytes', bytes: part }));
  };
  let damagedAt = 0;
  for await (const chunk of source) {
    // Small pieces: what a piece inflates to is in memory at once.
    for (let at = 0; at < chunk.length && failure === undefined; at += pieceBytes) {
      damagedAt = offset + at;
      yield* push(chunk.subarray(at, at + pieceBytes), false);
      onConsumed?.(Math.min(offset + chunk.length, offset + at + pieceBytes));
    }
    offset += chunk.length;
    onConsumed?.(offset);
  }
  const isCorrupt = failure !== undefined;
  if (!isCorrupt) yield* push(new Uint8Array(), true);
  if (failure === undefined) return;
  const message = isCorrupt
    ? `Zstandard data that cannot be inflated (${failure.message})`
    : 'the file ends inside a Zstandard frame';
  const reason = isCorrupt ? 'corrupt' : 'truncated';
  const start = isCorrupt ? damagedAt : offset;
  yield { kind: 'damage', damage: { reason, offset: start, bytes: offset - start, message } };
}

const pieceBytes = 64 * 1024;
