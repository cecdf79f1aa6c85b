/**
 * The learned numbers of the extractor: weights of hashed words, of signs of a page's kind, and the trees.
 */
import { blockModelWeights } from './block-model-weights.js';
import { type BoostedTrees, readTrees } from './gradient-boosted-trees.js';
import { nameBuckets } from './name-tokens.js';
import { kindBuckets, pageKinds } from './page-kind.js';

export interface BlockModel {
  readonly names: Float32Array;
  readonly lines: Float32Array;
  readonly headings: Float32Array;
  readonly kinds: Float32Array;
  readonly trees: BoostedTrees;
}

/** Tables of weights in the order that they are packed in, with their lengths. */
export const weightTables = [
  ['names', nameBuckets],
  ['lines', nameBuckets],
  ['headings', nameBuckets],
  ['kinds', pageKinds.length * (kindBuckets + 1)],
] as const;

let loaded: BlockModel | undefined;

/** Decoded once, at the first page. */
export function blockModel(): BlockModel {
  loaded ??= readModel(Uint8Array.from(atob(blockModelWeights), (character) => character.charCodeAt(0)));
  return loaded;
}

/** Each table is its scale (f32) and a byte a weight; the trees follow. */
export function readModel(bytes: Uint8Array): BlockModel {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables: Record<string, Float32Array> = {};
  let at = 0;
  for (const [name, length] of weightTables) {
    const scale = view.getFloat32(at, true);
    at += 4;
    tables[name] = Float32Array.from({ length }, (_, index) => view.getInt8(at + index) * scale);
    at += length;
  }
  const { names, lines, headings, kinds } = tables as Record<(typeof weightTables)[number][0], Float32Array>;
  return { names, lines, headings, kinds, trees: readTrees(bytes.subarray(at)) };
}
