/**
 * What corrects for answers that another program drew than the one that trains: a server's kernels, a copy of
 * the weights that is a step old, numbers of fewer bits. The gain of a token is multiplied by
 *   w = π_trainer(token) / π_sampler(token)
 * limited from above (truncated importance sampling, Yao et al. 2025) or set to 0 beyond it, of a token or,
 * the product over its tokens, of an answer; as TRL's `vllm_importance_sampling_mode`.
 */
import { checkChoice, checkNumbers } from '@llm/core';

export interface ImportanceCorrectionOptions {
  /** Default `token`. */
  readonly level?: 'token' | 'sequence' | undefined;
  /** Limit weights, or leave out what is beyond the limits. Default `truncate`. */
  readonly mode?: 'truncate' | 'mask' | undefined;
  /** Largest weight. Default 3 (TRL). */
  readonly maximum?: number | undefined;
  /** Smallest weight. Default: none. */
  readonly minimum?: number | undefined;
}

export interface ImportanceWeights {
  /** Of each answer, [ids.length]; 1 where `masks` is 0. */
  readonly weights: readonly Float32Array[];
  /** TRL's `sampling/importance_sampling_ratio/*`, before limits. */
  readonly metrics: Readonly<Record<string, number>>;
}

export function checkImportanceCorrection(options: ImportanceCorrectionOptions): void {
  checkChoice('level', options.level, ['token', 'sequence']);
  checkChoice('mode', options.mode, ['truncate', 'mask']);
  checkNumbers(options, { maximum: { above: 0 }, minimum: { minimum: 0 } });
}

/** `trained` and `sampled` hold log-probabilities of each answer's tokens. Throws `core/option-invalid`. */
export function importanceWeights(
  trained: readonly ArrayLike<number>[],
  sampled: readonly ArrayLike<number>[],
  masks: readonly ArrayLike<number>[],
  options: ImportanceCorrectionOptions = {},
): ImportanceWeights {
  checkImportanceCorrection(options);
  const { level = 'token', mode = 'truncate', maximum = 3, minimum = 0 } = options;
  const seen: number[] = [];
  const limited = (logRatio: number): number => {
    const ratio = Math.exp(logRatio);
    seen.push(ratio);
    if (mode === 'truncate') return Math.min(maximum, Math.max(minimum, ratio));
    return ratio > maximum || ratio < minimum ? 0 : ratio;
  };
  const weights = masks.map((mask, i) => {
    const logRatios = Array.from(mask, (own, t) => (own === 0 ? 0 : trained[i]![t]! - sampled[i]![t]!));
    if (level === 'token')
      return Float32Array.from(logRatios, (logRatio, t) => (mask[t] === 0 ? 1 : limited(logRatio)));
    const whole = limited(logRatios.reduce((sum, logRatio) => sum + logRatio, 0));
    return Float32Array.from(logRatios, (_, t) => (mask[t] === 0 ? 1 : whole));
  });
  const name = 'sampling/importance_sampling_ratio';
  const mean = seen.reduce((sum, ratio) => sum + ratio, 0) / Math.max(1, seen.length);
  const least = seen.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const most = seen.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (seen.length === 0) return { weights, metrics: {} };
  return { weights, metrics: { [`${name}/min`]: least, [`${name}/mean`]: mean, [`${name}/max`]: most } };
}
