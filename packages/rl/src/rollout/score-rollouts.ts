/** What a model says about answers that are there already: log-probabilities and values of their tokens. */
import type { ScoreBatch, ScoringModel, ValueModel } from '@llm/core';
import { placeAnswers } from '../policy/place-answers.js';
import type { Rollout } from './rollout.js';

export interface ScoreRolloutsOptions {
  readonly rollouts: readonly Rollout[];
  /** Answers scored at a time. Default: all. */
  readonly rowsAtOnce?: number | undefined;
  readonly columnMultiple?: number | undefined;
  /** Logits are divided by it. Default 1. */
  readonly temperature?: number | undefined;
}

/** Of each rollout, [ids.length]: log p of its token; 0 where the policy did not choose it. */
export function answerLogProbabilities(
  model: ScoringModel,
  options: ScoreRolloutsOptions,
): Promise<Float32Array[]> {
  return scored(model, options, (batch) => model.logProbabilities(batch));
}

/**
 * Of each rollout, [ids.length]: what a critic expects before its token; 0 where the policy did not choose
 * it.
 */
export function answerValues(
  critic: Pick<ValueModel, 'contextLength' | 'values'>,
  options: ScoreRolloutsOptions,
): Promise<Float32Array[]> {
  return scored(critic, options, (batch) => critic.values(batch));
}

async function scored(
  { contextLength }: Pick<ScoringModel, 'contextLength'>,
  { rollouts, rowsAtOnce = rollouts.length, columnMultiple, temperature }: ScoreRolloutsOptions,
  score: (batch: ScoreBatch) => Promise<Float32Array>,
): Promise<Float32Array[]> {
  const { rows, columns, inputs, targets, answers } = placeAnswers(
    { contextLength, columnMultiple },
    rollouts,
  );
  const scores = new Float32Array(rows * columns);
  for (let start = 0; start < rows; start += rowsAtOnce) {
    const end = Math.min(rows, start + rowsAtOnce);
    const [from, to] = [start * columns, end * columns];
    const part = { inputs: inputs.subarray(from, to), targets: targets.subarray(from, to) };
    scores.set(await score({ rows: end - start, columns, ...part, temperature }), from);
  }
  return rollouts.map((rollout) => {
    const { start } = answers.get(rollout)!;
    return Float32Array.from(rollout.mask, (own, i) => (own === 1 ? scores[start + i]! : 0));
  });
}
