/**
 * Time for memory. `fast` keeps everything the backward pass reads: a layer's attention weights [rows, heads,
 * columns, columns] and the probabilities [rows · columns, vocabulary]. `compact` keeps a few tensors of the
 * residual stream's size per layer, computes the rest again (Chen et al. 2016) and never holds either whole.
 */
import type { ModelConfig } from '../config/model-config.js';

/**
 * `pieceBytes` is `compact` with pieces of that size: the greatest tensor of attention weights or logits that
 * is held. Several are held at once. `compact` is pieces of 32 MiB.
 */
export type MemoryOption = 'fast' | 'compact' | { readonly pieceBytes: number };

/** How one graph of a batch shape is built; undefined is `fast`. */
export interface CompactMemory {
  /** Queries of one piece of attention. */
  readonly queries: number;
  /** Positions of one piece of logits. */
  readonly positions: number;
}

const defaultPieceBytes = 2 ** 25;
/** Where `fast` would hold more than this in attention weights and logits, the default is `compact`. */
const fastBytes = 2 ** 30;

export function memoryFor(
  { depth, heads, vocabularySize }: ModelConfig,
  rows: number,
  columns: number,
  option: MemoryOption | undefined,
): CompactMemory | undefined {
  const weights = 4 * rows * heads * columns;
  const logits = 4 * vocabularySize;
  const whole = columns * (depth * weights + rows * logits);
  if (option === 'fast' || (option === undefined && whole <= fastBytes)) return undefined;
  const pieceBytes = typeof option === 'object' ? option.pieceBytes : defaultPieceBytes;
  const fitting = (bytes: number, most: number): number =>
    Math.min(most, Math.max(1, Math.floor(pieceBytes / bytes)));
  return { queries: fitting(weights, columns), positions: fitting(logits, rows * columns) };
}
