/**
 * Says once, when it begins, that practice cannot teach something or goes astray, and again after it
 * recovered.
 */

import type { RunOptions } from '@llm/core';
import { emit } from '@llm/core';
import type { Rollout } from '../rollout/rollout.js';

export interface WarningOptions extends Pick<RunOptions, 'onEvent'> {
  readonly maxNewTokens: number;
  readonly stage: string;
}

export interface PolicyWatch {
  /**
   * After a batch of rollouts; `tied`: share of groups whose answers all got the same reward. `accepted`: how
   * many answers are imitated, where it is not differences of rewards that teach.
   */
  rollouts(step: number, rollouts: readonly Rollout[], tied: number, accepted?: number): void;
  /** After an update: the metrics of the step. */
  update(step: number, metrics: Readonly<Record<string, number>>): void;
}

/** Nats a token beyond which a policy is another model than its reference. */
const largestKl = 10;
/** Mean length is compared with that of so many answers at the beginning, or of so many batches. */
const [firstAnswers, firstBatches] = [64, 5];
/** Answers so many times longer or shorter than at the beginning have drifted. */
const drift = 2;
/** Share of answers that stop, below which they vanish where half and more did. */
const fewStops = 0.1;

export function watchPolicy({ maxNewTokens, stage, onEvent }: WarningOptions): PolicyWatch {
  const active = new Set<string>();
  const check = (holds: boolean, code: string, message: string): void => {
    if (holds && !active.has(code)) emit(onEvent, { type: 'warning', stage, code, message });
    if (holds) active.add(code);
    else active.delete(code);
  };
  const first = { answers: 0, batches: 0, tokens: 0 };
  let mostStops = 0;
  return {
    rollouts: (step, all, tied, accepted) => {
      // What a sampler could not draw says nothing about the policy.
      const rollouts = all.filter(({ ids }) => ids.length > 0);
      if (rollouts.length === 0) return;
      const isCut = ({ stopReason }: Rollout): boolean => stopReason !== 'stop';
      const withTool = rollouts.filter(({ toolCalls }) => toolCalls > 0);
      check(
        accepted === 0,
        'rl/nothing-accepted',
        `Step ${step}: no answer earned enough to be imitated, so there is nothing to learn from; the tasks are too hard for this policy, or minimumReward is too high.`,
      );
      check(
        tied === 1 && accepted === undefined,
        'rl/groups-tied',
        `Step ${step}: in every group all answers got the same reward, so there is nothing to learn from; the tasks are too hard or too easy for this policy.`,
      );
      check(
        rollouts.every(isCut),
        'rl/completions-truncated',
        `Step ${step}: every answer was cut off before its stop token; raise maxNewTokens (${maxNewTokens}) or fine-tune the model to stop.`,
      );
      check(
        withTool.length > 0 && withTool.length < rollouts.length && withTool.every(isCut),
        'rl/tool-answers-truncated',
        `Step ${step}: every answer that called a tool was cut off, so tools cannot pay; raise maxNewTokens (${maxNewTokens}).`,
      );
      const stops = rollouts.filter((rollout) => !isCut(rollout)).length / rollouts.length;
      mostStops = Math.max(mostStops, stops);
      check(
        stops < fewStops && mostStops >= 0.5,
        'rl/stops-vanish',
        `Step ${step}: ${Math.round(stops * 100)} % of the answers end, of earlier ones ${Math.round(mostStops * 100)} % did: the policy unlearns to stop. Look at the reward of long answers, and at maskTruncated.`,
      );
      const tokens = rollouts.reduce((sum, { ids }) => sum + ids.length, 0);
      const length = tokens / rollouts.length;
      if (first.answers < firstAnswers && first.batches < firstBatches) {
        first.answers += rollouts.length;
        first.batches++;
        first.tokens += tokens;
      } else {
        const before = first.tokens / first.answers;
        const ratio = length / before;
        check(
          ratio > drift || ratio < 1 / drift,
          'rl/length-drifts',
          `Step ${step}: answers have ${length.toFixed(1)} tokens, at the beginning ${before.toFixed(1)}: is it the task that wants it, or the reward or the aggregation that pays for length?`,
        );
      }
    },
    update: (step, metrics) => {
      const { kl = perToken(metrics) } = metrics;
      check(
        kl !== undefined && !(kl <= largestKl),
        'rl/kl-explodes',
        `Step ${step}: the KL from the reference is ${kl} nats a token: the policy is another model now. Lower the learning rate, or raise klCoefficient.`,
      );
    },
  };
}

/** Where the KL is in the reward it is one of whole answers. */
function perToken(metrics: Readonly<Record<string, number>>): number | undefined {
  const { 'objective/kl': ofAnswers, 'completions/mean_length': length } = metrics;
  return ofAnswers === undefined ? undefined : ofAnswers / length!;
}
