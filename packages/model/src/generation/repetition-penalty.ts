/**
 * Repetition penalty (Keskar et al. 2019, CTRL) as Hugging Face applies it: the score of every token already in the
 * sequence is divided by the penalty when positive and multiplied by it when negative.
 */

/**
 * Writes into `target` [vocabulary] and returns it. `scores` may be logits or log-probabilities; on the latter every score is
 * negative, so a seen token becomes less likely by the factor in the exponent.
 */
export function penalizeRepetition(
  scores: Float32Array,
  seen: Iterable<number>,
  penalty: number,
  target = new Float32Array(scores.length),
): Float32Array {
  target.set(scores);
  for (const id of seen) {
    const score = scores[id]!;
    target[id] = score > 0 ? score / penalty : score * penalty;
  }
  return target;
}
