/**
 * ρ = π(token) / π_old(token) as its logarithm, [positions], of
 *   token            each token by itself                            PPO, GRPO
 *   sequence         the mean over an answer's tokens, for each      GSPO (Zheng et al. 2025), TRL's `sequence`
 *   sequence-sum     the sum over an answer's tokens, for each       RLOO (Ahmadian et al. 2024)
 * The gradient of the last two runs through all tokens of the answer.
 */
import { add, cast, div, gather, max, scatterElements, type Tensor, where } from '@llm/graph';

export type RatioLevel = 'token' | 'sequence' | 'sequence-sum';

export interface AnswerPlaces {
  /** [positions] bool: what the policy said */
  readonly isActive: Tensor;
  /** [positions] number of the answer within its row, from 0, below `columns` */
  readonly answer: Tensor;
  readonly rows: number;
  readonly columns: number;
}

export interface AnswerSums {
  /** [positions] values added up over the answer that a position belongs to */
  sum(values: Tensor): Tensor;
  /** [positions] its tokens, at least 1 */
  readonly lengths: Tensor;
}

export function answerSums({ isActive, answer, rows, columns }: AnswerPlaces): AnswerSums {
  const { graph } = answer;
  const count = rows * columns;
  const starts = graph.constant(
    Float32Array.from({ length: count }, (_, position) => position - (position % columns)),
    [count],
  );
  const place = cast(where(isActive, add(answer, starts), starts), 'int32');
  const none = graph.constant(new Float32Array(count), [count]);
  const sum = (values: Tensor): Tensor =>
    gather(scatterElements(none, place, where(isActive, values, 0), { axis: 0, reduction: 'add' }), place);
  const ones = where(isActive, graph.constant([1], []), 0);
  return { sum, lengths: max(sum(ones), 1) };
}

/** `difference` [positions] log π − log π_old, 0 where inactive. */
export function levelled(difference: Tensor, level: RatioLevel, sums: AnswerSums | undefined): Tensor {
  if (level === 'token' || sums === undefined) return difference;
  const whole = sums.sum(difference);
  return level === 'sequence' ? div(whole, sums.lengths) : whole;
}
