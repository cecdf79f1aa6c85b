/**
 * Unbiased estimate of the chance that at least one of k samples is right, from n samples of which c are:
 * 1 − C(n−c, k) / C(n, k) ("Evaluating Large Language Models Trained on Code", Chen et al. 2021).
 */
import { LlmError } from '@llm/core';

/** Throws `rl/pass-at-k-invalid` unless n, c and k are integers with 0 ≤ c ≤ n and 1 ≤ k ≤ n. */
export function passAtK(n: number, c: number, k: number): number {
  if (!([n, c, k].every(Number.isInteger) && c >= 0 && c <= n && k >= 1 && k <= n)) {
    throw new LlmError({
      code: 'rl/pass-at-k-invalid',
      message: `pass@${k} needs at least ${k} samples and 0 ≤ correct ≤ samples; got ${c} correct of ${n}.`,
      details: { n, c, k },
    });
  }
  let allWrong = 1;
  for (let i = 0; i < k; i++) allWrong *= Math.max(0, n - c - i) / (n - i);
  return 1 - allWrong;
}
