/**
 * A reward as a number, or an error that says whose it is: a
 * NaN would come back as a loss that explodes, far from here.
 */
import type { Part, Task, TaskSet } from '@llm/core';
import { describeValue, LlmError } from '@llm/core';
import { defaultTimeoutSeconds, failureOf, type WithinTime } from './within-time.js';

export interface ScoringOptions {
  readonly withinTime: WithinTime;
  /** In errors. Default: the function's own. */
  readonly name?: string | undefined;
  /** Default 300. */
  readonly timeoutSeconds?: number | undefined;
}

/**
 * Waits for the reward of an answer. Throws `rl/reward-invalid` when it is no finite number,
 * `rl/reward-failed` when the function throws, its promise is rejected (`cause`) or takes too long; both name
 * the reward and the task.
 */
export async function scoreAnswer(
  reward: TaskSet['reward'],
  task: Task,
  parts: readonly Part[],
  { withinTime, name = reward.name || 'reward', timeoutSeconds = defaultTimeoutSeconds }: ScoringOptions,
): Promise<number> {
  let value: unknown;
  try {
    value = await withinTime<unknown>(() => reward(task, parts), timeoutSeconds);
  } catch (cause) {
    throw new LlmError({
      code: 'rl/reward-failed',
      message: `The reward "${name}" failed on an answer to task "${task.id}": ${failureOf(cause)}`,
      details: { reward: name, task: task.id },
      cause,
    });
  }
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new LlmError({
    code: 'rl/reward-invalid',
    message: `The reward "${name}" gave ${describeValue(value)} for an answer to task "${task.id}"; it must give a finite number, or the promise of one.`,
    details: { reward: name, task: task.id, value: describeValue(value) },
  });
}
