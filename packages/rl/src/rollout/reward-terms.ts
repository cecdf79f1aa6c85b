/**
 * Several rewards of one answer, added up by their weights; a weight of 0 is measured and not trained on. A
 * reward that throws or takes too long has no say about that answer and is counted; one that gives something
 * else than a number, or null for "I cannot say", ends the run by name, because it would do so for every
 * answer.
 */
import type { Part, Task } from '@llm/core';
import { checkNumber, describeValue, LlmError } from '@llm/core';
import { defaultTimeoutSeconds, failureOf, type WithinTime } from './within-time.js';

export interface RewardTerm {
  /** In metrics: `rewards/NAME/mean`. */
  readonly name: string;
  /** Default 1. */
  readonly weight?: number | undefined;
  /** A finite number, null where it cannot say, or the promise of either. */
  reward(task: Task, completion: readonly Part[]): number | null | Promise<number | null>;
  /** Default 300. */
  readonly timeoutSeconds?: number | undefined;
}

/** What one term gave for each answer. */
export interface TermScores {
  readonly name: string;
  readonly weight: number;
  /** [answers] null where it cannot say or failed */
  readonly scores: readonly (number | null)[];
  /** Answers on which it threw or took too long; the first reason. */
  readonly errors: number;
  readonly firstError?: string | undefined;
}

export interface Answered {
  readonly task: Task;
  readonly parts: readonly Part[];
}

/** Throws `core/option-invalid` for a weight or a limit that is none, or a name that two share. */
export function checkRewardTerms(terms: readonly RewardTerm[]): void {
  const names = new Set<string>();
  for (const { name, weight = 1, timeoutSeconds = 1 } of terms) {
    checkNumber(`weight of the reward "${name}"`, weight);
    checkNumber(`timeoutSeconds of the reward "${name}"`, timeoutSeconds, { above: 0 });
    if (names.has(name) || name === '')
      throw new LlmError({
        code: 'core/option-invalid',
        message: `Two rewards are named ${describeValue(name)}, or one has no name; give each its own.`,
        details: { option: 'rewards', name },
      });
    names.add(name);
  }
}

/** All answers at the same time. Throws `rl/reward-invalid` naming reward and task. */
export async function scoreTerm(
  term: RewardTerm,
  answers: readonly Answered[],
  withinTime: WithinTime,
): Promise<TermScores> {
  let errors = 0;
  let firstError: string | undefined;
  const scores = await Promise.all(
    answers.map(async ({ task, parts }) => {
      let value: unknown;
      try {
        value = await withinTime<unknown>(
          () => term.reward(task, parts),
          term.timeoutSeconds ?? defaultTimeoutSeconds,
        );
      } catch (error) {
        errors++;
        firstError ??= `${failureOf(error)} (task "${task.id}")`;
        return null;
      }
      if (value === null || (typeof value === 'number' && Number.isFinite(value))) return value;
      throw new LlmError({
        code: 'rl/reward-invalid',
        message: `The reward "${term.name}" gave ${describeValue(value)} for an answer to task "${task.id}"; it must give a finite number, null where it cannot say, or the promise of one.`,
        details: { reward: term.name, task: task.id, value: describeValue(value) },
      });
    }),
  );
  return { name: term.name, weight: term.weight ?? 1, scores, errors, firstError };
}

/** The weighted sum of one answer; null where no term can say. */
export function combinedReward(terms: readonly TermScores[], answer: number): number | null {
  const said = terms.filter(({ scores }) => scores[answer] !== null);
  if (said.length === 0) return null;
  return said.reduce((sum, { weight, scores }) => sum + weight * scores[answer]!, 0);
}
