/** XXH64 (Yann Collet; seed 0), as FineWeb-2 hashes shingles. */
import { LongWord } from './long-words.js';

const prime1 = [0x9e3779b1, 0x85ebca87] as const;
const prime2 = [0xc2b2ae3d, 0x27d4eb4f] as const;
const prime3 = [0x165667b1, 0x9e3779f9] as const;
const prime4 = [0x85ebca77, 0xc2b2ae63] as const;
const prime5 = [0x27d4eb2f, 0x165667c5] as const;

const lanes = [new LongWord(), new LongWord(), new LongWord(), new LongWord()] as const;
const hash = new LongWord();
const piece = new LongWord();

/** Low and high word of the hash of `length` bytes, into `target` at `at`. */
export function xxhash64Words(bytes: Uint8Array, length: number, target: Int32Array, at: number): void {
  let from = 0;
  if (length >= 32) {
    lanes[0].set(...prime1).add(...prime2);
    lanes[1].set(...prime2);
    lanes[2].set(0, 0);
    lanes[3].set(0, 0).add(...negative(prime1));
    for (; from + 32 <= length; from += 32)
      for (let lane = 0; lane < 4; lane++) {
        const start = from + lane * 8;
        round(lanes[lane]!, word(bytes, start + 4), word(bytes, start));
      }
    hash.set(0, 0);
    for (const [lane, bits] of [1, 7, 12, 18].entries()) {
      piece.set(lanes[lane]!.high, lanes[lane]!.low).rotateLeft(bits);
      hash.add(piece.high, piece.low);
    }
    for (const lane of lanes) {
      piece.set(0, 0);
      round(piece, lane.high, lane.low);
      hash.xor(piece.high, piece.low);
      hash.multiply(...prime1).add(...prime4);
    }
  } else hash.set(...prime5);
  hash.add(Math.floor(length / 0x100000000), length);
  for (; from + 8 <= length; from += 8) {
    piece.set(0, 0);
    round(piece, word(bytes, from + 4), word(bytes, from));
    hash.xor(piece.high, piece.low).rotateLeft(27);
    hash.multiply(...prime1).add(...prime4);
  }
  if (from + 4 <= length) {
    piece.set(0, word(bytes, from)).multiply(...prime1);
    hash.xor(piece.high, piece.low).rotateLeft(23);
    hash.multiply(...prime2).add(...prime3);
    from += 4;
  }
  for (; from < length; from++) {
    piece.set(0, bytes[from]!).multiply(...prime5);
    hash.xor(piece.high, piece.low).rotateLeft(11);
    hash.multiply(...prime1);
  }
  hash.foldRight(33).multiply(...prime2);
  hash.foldRight(29).multiply(...prime3);
  hash.foldRight(32);
  target[at] = hash.low;
  target[at + 1] = hash.high;
}

function round(lane: LongWord, high: number, low: number): void {
  const input = new LongWord().set(high, low).multiply(...prime2);
  lane
    .add(input.high, input.low)
    .rotateLeft(31)
    .multiply(...prime1);
}

function word(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

function negative([high, low]: readonly [number, number]): [number, number] {
  return [low === 0 ? -high : ~high, -low];
}
