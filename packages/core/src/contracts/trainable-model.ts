import type { LanguageModel, ScoreBatch } from './language-model.js';

/** One batch of next-token training: loss = Σ weight · tokenLoss ÷ normalizer. */
export interface TokenBatch {
  readonly rows: number;
  readonly columns: number;
  /** [rows × columns], row-major */
  readonly inputs: Int32Array;
  /** [rows × columns]: the token after each input */
  readonly targets: Int32Array;
  /**
   * [rows × columns]: 0 excludes a position; 1 for plain likelihood; advantage × mask for policy gradients
   */
  readonly weights: Float32Array;
  /** Positive divisor of the weighted sum. Explicit, because advantages sum to about zero. */
  readonly normalizer: number;
  /**
   * [rows × columns] number of the packed document each position belongs to; attention stays within one
   * number. Omit when a row is one sequence.
   */
  readonly segments?: Int32Array | undefined;
  /**
   * [rows × columns] for rows that begin alike and go on in several ways, without `segments`: 0 for the
   * tokens at the beginning, which all after them see; then numbers from 1, and a token sees those of its own
   * number alone, as if they followed the beginning. A row may then be longer than the window; what a token
   * sees not. The beginning is not learnt: its weights are 0.
   */
  readonly branches?: Int32Array | undefined;
  /**
   * Above 0: logits are divided by it before the objective sees what follows from them, so that a policy is
   * trained as it was sampled. Default 1.
   */
  readonly temperature?: number | undefined;
  /**
   * NEFTune (Jain et al. 2023): noise uniform in ±alpha / √(columns · width), drawn from `seed`, is added to
   * the embeddings. Default: none.
   */
  readonly embeddingNoise?: { readonly alpha: number; readonly seed: number } | undefined;
  /**
   * The objective's further inputs by name, each [rows × columns], or [rows × columns × vocabularySize] where
   * the objective wants a number for each id.
   */
  readonly extraInputs?: Readonly<Record<string, Float32Array>> | undefined;
}

export interface StepResult {
  readonly loss: number;
  /** L2 norm over all parameters before clipping. */
  readonly gradientNorm: number;
  /** The objective's named scalars, e.g. `entropy`, `clipFraction`, `kl`. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface OptimizerStep {
  /** Multiplies every group's learning rate: the schedule's value at this step times the base rate. */
  readonly learningRate: number;
}

/** A model whose parameters move. The objective and the optimizer were chosen when it was made. */
export interface TrainableModel extends LanguageModel {
  /** Optimizer steps taken since the optimizer state was created. */
  readonly stepsTaken: number;
  /**
   * One optimizer step. Several batches are one step whose loss is the sum of theirs, computed one after the
   * other: give each the whole's normalizer. Metrics are the mean of the batches'. Throws
   * `model/loss-not-finite` (parameters unchanged) when the loss is NaN or infinite.
   */
  trainStep(batch: TokenBatch | readonly TokenBatch[], step: OptimizerStep): Promise<StepResult>;
  /** Copies of parameters and optimizer state; what `restore` takes back to continue to the bit. */
  snapshot(): Promise<TrainingSnapshot>;
  restore(snapshot: TrainingSnapshot): Promise<void>;
  /** Frees native memory; the model cannot be used afterwards. */
  dispose(): Promise<void>;
}

/** A model with a head of one number beside that of the vocabulary: a reward model, a critic. */
export interface ValueModel extends TrainableModel {
  /** [rows × columns] what the scalar head says after each input; targets are not looked at */
  values(batch: ScoreBatch): Promise<Float32Array>;
}

export interface NamedTensor {
  readonly shape: readonly number[];
  /** float32, row-major */
  readonly data: Float32Array;
}

export interface TrainingSnapshot {
  readonly stepsTaken: number;
  readonly parameters: ReadonlyMap<string, NamedTensor>;
  readonly optimizerState: ReadonlyMap<string, NamedTensor>;
}
