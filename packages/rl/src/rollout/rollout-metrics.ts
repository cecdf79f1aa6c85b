/** What a batch of rollouts says about the policy, under the names TRL logs. Lengths are in tokens. */
import type { Rollout } from './rollout.js';

/** Answers that did not come (no ids) are not among them. */
export function rolloutMetrics(all: readonly Rollout[]): Record<string, number> {
  const rollouts = all.filter(({ ids }) => ids.length > 0);
  const count = rollouts.length;
  const share = (predicate: (rollout: Rollout) => boolean): number =>
    rollouts.filter(predicate).length / count;
  const total = (value: (rollout: Rollout) => number): number =>
    rollouts.reduce((sum, rollout) => sum + value(rollout), 0);
  const lengths = rollouts.map(({ ids }) => ids.length);
  const terminated = rollouts.filter(({ stopReason }) => stopReason === 'stop');
  const chosen = total(({ mask }) => mask.reduce((sum, own) => sum + own, 0));
  const calls = total(({ toolCalls }) => toolCalls);
  return {
    ...termMetrics(rollouts),
    'completions/mean_length': total(({ ids }) => ids.length) / count,
    'completions/min_length': lengths.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    'completions/max_length': lengths.reduce((a, b) => Math.max(a, b), 0),
    'completions/mean_terminated_length':
      terminated.length === 0
        ? 0
        : terminated.reduce((sum, { ids }) => sum + ids.length, 0) / terminated.length,
    'completions/clipped_ratio': share(({ stopReason }) => stopReason !== 'stop'),
    'completions/format_valid': share(({ wellFormed }) => wellFormed),
    /** Tool calls per answer. */
    'tools/call_frequency': calls / count,
    /** Failed calls per call. */
    'tools/failure_frequency': calls === 0 ? 0 : total(({ toolFailures }) => toolFailures) / calls,
    /** Tokens the policy chose. */
    num_tokens: chosen,
    /** Nats a token, estimated from what was drawn at temperature 1: the mean of −log p. */
    entropy: -total(({ logProbabilities, mask }) => dot(logProbabilities, mask)) / Math.max(1, chosen),
  };
}

/** `rewards/NAME/mean` and `/std` (ddof 1) over the answers that a term could score, and its failures. */
function termMetrics(rollouts: readonly Rollout[]): Record<string, number> {
  const metrics: Record<string, number> = {};
  const names = new Set(rollouts.flatMap(({ rewardTerms = {} }) => Object.keys(rewardTerms)));
  for (const name of names) {
    const all = rollouts.flatMap(({ rewardTerms }) =>
      rewardTerms === undefined ? [] : [rewardTerms[name]!],
    );
    const known = all.filter((score) => score !== null);
    const mean = known.reduce((sum, score) => sum + score, 0) / Math.max(1, known.length);
    const squares = known.reduce((sum, score) => sum + (score - mean) ** 2, 0);
    metrics[`rewards/${name}/mean`] = mean;
    metrics[`rewards/${name}/std`] = Math.sqrt(squares / Math.max(1, known.length - 1));
    metrics[`rewards/${name}/unscored`] = (all.length - known.length) / all.length;
  }
  return metrics;
}

const dot = (values: Float32Array, mask: Uint8Array): number =>
  values.reduce((sum, value, i) => sum + value * mask[i]!, 0);
