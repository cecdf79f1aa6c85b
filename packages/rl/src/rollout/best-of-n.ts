/**
 * Learning, or gaining, from several answers without a gradient of the reward:
 *   best-of-n            the answer that a reward likes best (Stiennon et al. 2020)
 *   rejection sampling   answers that are good enough become conversations to imitate (STaR, Zelikman et al. 2022;
 *                        RAFT, Dong et al. 2023; Llama 2)
 *   pairs                better answers against worse ones, for `trainPreferences`
 */
import type { Conversation, Task } from '@llm/core';
import { checkNumber, checkNumbers, LlmError } from '@llm/core';
import type { PreferencePair } from '../preferences/preference-batch.js';
import { type Rollout, type RolloutOptions, rollout } from './rollout.js';

export interface BestAnswer {
  readonly task: Task;
  /** The first among equals. */
  readonly best: Rollout;
  /** All of them, as they were drawn. */
  readonly answers: readonly Rollout[];
}

/** `samplesPerPrompt` is n. Throws what `rollout` throws. */
export async function bestOfN(options: RolloutOptions): Promise<BestAnswer[]> {
  return groupsOf(await rollout(options)).map((answers) => ({
    task: answers[0]!.task,
    best: answers.reduce((best, each) => (each.reward > best.reward ? each : best)),
    answers,
  }));
}

/**
 * What the best of n answers scores on average, estimated without bias from more of them: the expectation of
 * the greatest of n drawn without replacement. Throws `core/option-invalid` unless 1 ≤ n ≤ their number.
 */
export function expectedBest(scores: readonly number[], n: number): number {
  checkNumber('n', n, { minimum: 1, maximum: scores.length, integer: true });
  const rising = [...scores].sort((a, b) => a - b);
  // The greatest is the i-th smallest in C(i, n − 1) of C(N, n) draws, i counted from 0.
  let chance = n / rising.length;
  let sum = 0;
  for (let i = rising.length - 1; i >= n - 1; i--) {
    sum += rising[i]! * chance;
    chance *= (i - n + 1) / Math.max(1, i);
  }
  return sum;
}

export interface RejectionOptions {
  /** Answers that earn less are left out. Default 1: right ones. */
  readonly minimumReward?: number | undefined;
  /** Different answers kept of each task at most, the best first. Default 1. */
  readonly keep?: number | undefined;
}

/** Where the accepted answers stand in `rollouts`, task after task, the best first. */
export function acceptedAnswers(rollouts: readonly Rollout[], options: RejectionOptions = {}): number[] {
  checkNumbers(options, { minimumReward: {}, keep: { minimum: 1, integer: true } });
  const { minimumReward = 1, keep = 1 } = options;
  let start = 0;
  return groupsOf(rollouts).flatMap((answers) => {
    const good = answers
      .map((each, i) => ({ ...each, place: start + i }))
      .filter(({ reward, wellFormed, isScored = true }) => wellFormed && isScored && reward >= minimumReward);
    start += answers.length;
    const different = new Map<string, number>();
    for (const { parts, place } of good.sort((a, b) => b.reward - a.reward)) {
      const key = JSON.stringify(parts);
      if (!different.has(key)) different.set(key, place);
    }
    return [...different.values()].slice(0, keep);
  });
}

/**
 * Conversations to fine-tune on, tool calls and what tools answered included. Throws `core/option-invalid`.
 */
export function acceptedConversations(
  rollouts: readonly Rollout[],
  options: RejectionOptions = {},
): Conversation[] {
  return acceptedAnswers(rollouts, options).map((place) => {
    const { task, parts } = rollouts[place]!;
    return {
      id: task.id,
      messages: [...task.prompt.messages, { role: 'assistant' as const, parts }],
    };
  });
}

/** Answers to one prompt in an order: by hand, by a checker, by a judge. */
export interface RankedAnswers {
  readonly id?: string | undefined;
  readonly prompt: Conversation;
  /** Equal scores are equally good, and no pair. */
  readonly answers: readonly { readonly parts: PreferencePair['chosen']; readonly score: number }[];
}

export interface RankedPairsOptions {
  /** `all` pairs, as InstructGPT trains on rankings (Ouyang et al. 2022), or the best against the worst. */
  readonly which?: 'all' | 'extremes' | undefined;
  /** Scores have to differ by more. Default 0. */
  readonly minimumGap?: number | undefined;
}

/** Pairs with the difference of scores as `margin`. Throws `core/option-invalid` for a score that is none. */
export function rankedPairs(
  rankings: readonly RankedAnswers[],
  options: RankedPairsOptions = {},
): PreferencePair[] {
  checkNumbers(options, { minimumGap: { minimum: 0 } });
  const { which = 'all', minimumGap = 0 } = options;
  return rankings.flatMap(({ id, prompt, answers }) => {
    for (const [i, { score }] of answers.entries())
      checkNumber(`score of answer ${i} of ${id ?? 'a ranking'}`, score);
    const falling = [...answers].sort((a, b) => b.score - a.score);
    const better = which === 'all' ? falling : falling.slice(0, 1);
    return better.flatMap((chosen, i) =>
      (which === 'all' ? falling.slice(i + 1) : falling.slice(-1))
        .filter(({ score }) => chosen.score - score > minimumGap)
        .map((rejected) => ({
          id,
          prompt,
          chosen: chosen.parts,
          rejected: rejected.parts,
          margin: chosen.score - rejected.score,
        })),
    );
  });
}

/** Rollouts that rewards scored, as rankings. Answers that broke the format are not among them. */
export function rankingsOf(rollouts: readonly Rollout[]): RankedAnswers[] {
  return groupsOf(rollouts).map((answers) => ({
    id: answers[0]!.task.id,
    prompt: answers[0]!.task.prompt,
    answers: answers
      .filter(({ wellFormed, isScored = true }) => wellFormed && isScored)
      .map(({ parts, reward }) => ({ parts, score: reward })),
  }));
}

/** Neighbours that answer the same task. */
function groupsOf(rollouts: readonly Rollout[]): Rollout[][] {
  const groups: Rollout[][] = [];
  for (const each of rollouts) {
    const last = groups.at(-1);
    if (last !== undefined && last[0]!.task === each.task) last.push(each);
    else groups.push([each]);
  }
  if (groups.length === 0)
    throw new LlmError({ code: 'rl/no-answers', message: 'There are no answers to choose from.' });
  return groups;
}
