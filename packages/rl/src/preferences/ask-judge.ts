/** A judge's verdict, or an error that says which task it failed on: a word that is none would be learnt. */
import { describeValue, LlmError } from '@llm/core';
import type { Rollout } from '../rollout/rollout.js';
import { defaultTimeoutSeconds, failureOf, type WithinTime } from '../rollout/within-time.js';
import type { PairJudge, Verdict } from './judge.js';

const verdicts: readonly unknown[] = ['first', 'second', 'none'] satisfies Verdict[];

/** Throws `rl/judge-failed` where it throws or takes too long, `rl/judge-invalid` for what is no verdict. */
export async function askJudge(
  judge: PairJudge,
  first: Rollout,
  second: Rollout,
  how: { readonly withinTime: WithinTime; readonly timeoutSeconds?: number | undefined },
): Promise<Verdict> {
  const { id } = first.task;
  let verdict: unknown;
  try {
    const ask = (): Promise<unknown> => judge(first.task.prompt, first.parts, second.parts);
    verdict = await how.withinTime(ask, how.timeoutSeconds ?? defaultTimeoutSeconds);
  } catch (cause) {
    throw new LlmError({
      code: 'rl/judge-failed',
      message: `The judge failed on two answers to task "${id}": ${failureOf(cause)}`,
      details: { task: id },
      cause,
    });
  }
  if (verdicts.includes(verdict)) return verdict as Verdict;
  throw new LlmError({
    code: 'rl/judge-invalid',
    message: `The judge said ${describeValue(verdict)} of two answers to task "${id}"; it must say "first", "second" or "none".`,
    details: { task: id, verdict: describeValue(verdict) },
  });
}
