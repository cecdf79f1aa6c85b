/**
 * What generation asks of a model: rows of sequences that remember what they have read. The host keeps keys
 * and values in memory that the runtime reads in place, a device keeps them in its own.
 */

/** What a model can say about the token after the last one of each row. */
export interface NextTokenScores {
  /** [rows, vocabularySize] */
  readonly logits: Float32Array;
  /** [rows] log Σ exp(logits): logits minus it are log-probabilities */
  readonly logSum: Float32Array;
  /** [rows] ids drawn from softmax(logits / temperature) */
  readonly sampled: Int32Array;
  /** [rows] their log-probabilities at temperature 1 */
  readonly sampledLogProbability: Float32Array;
}

export type ScoreName = keyof NextTokenScores;

export interface ScoreRequest {
  readonly names: readonly ScoreName[];
  /** For `sampled`; above 0. */
  readonly temperature: number;
  /** For `sampled`: only ids below this are drawn. */
  readonly drawable: number;
  /** For `sampled`: [rows] random numbers in [0, 1). */
  readonly uniform: readonly number[];
}

export interface DecoderBatch {
  /**
   * Reads more tokens of every row (of some rows none) and returns the scores asked for, [rows, …]; those of
   * a row that read nothing mean nothing.
   */
  read(tokens: readonly ArrayLike<number>[], request: ScoreRequest): Promise<Partial<NextTokenScores>>;
  /**
   * Row i becomes what row `rows[i]` was. Rows are either repeated (`rows[i] ≤ i`) or closed up where some
   * ended (`rows[i] ≥ i`), never both at once.
   */
  select(rows: readonly number[]): Promise<void>;
  /** Frees the memory of the batch. */
  dispose(): void;
}

export interface Decoder {
  /** A batch of so many empty rows; `tokens` is the most that any row will hold. */
  begin(rows: number, tokens: number): DecoderBatch;
  dispose(): Promise<void>;
}
