/**
 * What a training stage contributes to a train step: a scalar made from the
 * log-probabilities of the targets. Cross-entropy, clipped policy gradient,
 * preference loss are each one such function; the model knows none of them.
 */
import type { Tensor } from './graph.js';

export interface ObjectiveInputs {
  /** positions = rows × columns, row-major: for objectives that compare whole sequences. */
  readonly rows: number;
  readonly columns: number;
  /** A row holds several sequences that begin alike, the beginning left out. Default: a row is one. */
  readonly branched?: boolean | undefined;
  /** [positions] log p(target), natural logarithm; differentiable */
  readonly logProbabilities: Tensor;
  /** [positions] the batch's weights */
  readonly weights: Tensor;
  /** [] the batch's explicit divisor */
  readonly normalizer: Tensor;
  /** By name, each [positions] of `extraInputs`, each [positions, vocabulary] of `vocabularyInputs`. */
  readonly extra: Readonly<Record<string, Tensor>>;
  /** [positions] entropy of the predicted distribution in nats; differentiable, built only when called. */
  entropy(): Tensor;
  /** [positions, vocabulary] log p of every id; differentiable, built only when called. */
  distribution(): Tensor;
  /** [positions] the scalar head's number; differentiable. Throws where the model has no such head. */
  values(): Tensor;
}

export interface Objective {
  readonly name: string;
  /** Further per-position inputs the batch must carry. */
  readonly extraInputs: readonly string[];
  /** Further inputs with a number for each id at each position. Default: none. */
  readonly vocabularyInputs?: readonly string[] | undefined;
  /**
   * `weights`, or one of `extraInputs`: where it is 0 the objective does not read log-probabilities, entropy
   * and distribution, so that they need not be computed there and may be 0. Default: it reads all.
   */
  readonly readsWhere?: string | undefined;
  /** `loss` and every metric are scalars (shape []). */
  build(inputs: ObjectiveInputs): {
    readonly loss: Tensor;
    readonly metrics?: Readonly<Record<string, Tensor>> | undefined;
  };
}
