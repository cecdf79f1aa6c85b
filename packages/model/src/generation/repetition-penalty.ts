/**
 * Repetition penalty (Keskar et al. 2019, CTRL) as Hugging Face applies it: the score of every token already
 * in the sequence is divided by the penalty when positive and multiplied by it when negative.
 */

/** A copy of `scores` [vocabulary]: logits or log-probabilities. */
export function penalizeRepetition(
  scores: Float32Array,
  seen: Iterable<number>,
  penalty: number,
): Float32Array {
  const penalized = scores.slice();
  for (const id of seen) {
    const score = scores[id]!;
    penalized[id] = score > 0 ? score / penalty : score * penalty;
  }
  return penalized;
}
