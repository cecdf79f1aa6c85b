/**
 * What generation asks of a model: rows of sequences that remember what they have read. The host keeps keys
 * and values in memory that the runtime reads in place, a device keeps them in its own.
 */

/** What is wanted of the token after the last one of a row. */
export interface RowRequest {
  /** Its `logits`. */
  readonly logits: boolean;
  /** Draw it from softmax(logits / temperature). */
  readonly draw?: DrawRequest | undefined;
}

export interface DrawRequest {
  /** Above 0. */
  readonly temperature: number;
  /** Only ids below this are drawn. */
  readonly drawable: number;
  /** A random number in [0, 1). */
  readonly uniform: number;
}

/** What was asked for of one row. */
export interface RowScores {
  /** [vocabularySize] */
  readonly logits?: Float32Array | undefined;
  /** log Σ exp(logits): logits minus it are log-probabilities */
  readonly logSum?: number | undefined;
  /** The id drawn. */
  readonly sampled?: number | undefined;
  /** Its log-probability at temperature 1. */
  readonly sampledLogProbability?: number | undefined;
}

export interface DecoderBatch {
  /** How many tokens each row has read, [rows]. */
  readonly lengths: readonly number[];
  /**
   * Reads more tokens of every row (of some rows none) and returns the scores asked for, [rows]. Nothing
   * can be asked of a row that reads nothing.
   */
  read(
    tokens: readonly ArrayLike<number>[],
    requests: readonly (RowRequest | undefined)[],
  ): Promise<RowScores[]>;
  /**
   * Row i becomes what row `rows[i]` was. Rows are either repeated (`rows[i] ≤ i`) or closed up where some
   * ended (`rows[i] ≥ i`), never both at once.
   */
  select(rows: readonly number[]): Promise<void>;
  /** The rows of another batch of the same decoder come after those of this one; the other is disposed of. */
  join(other: DecoderBatch): Promise<void>;
  /** A batch of one row: the first `length` tokens of `row`, of which `last` is the last. */
  beginning(row: number, length: number, last: number): Promise<DecoderBatch>;
  /** Frees the memory of the batch. */
  dispose(): void;
}

export interface Decoder {
  /** The most tokens of a row that are well read at once. */
  readonly pieceLength: number;
  /** A batch of so many empty rows; `tokens` is the most that any row will hold. */
  begin(rows: number, tokens: number): DecoderBatch;
  dispose(): Promise<void>;
}
