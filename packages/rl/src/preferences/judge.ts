/**
 * A judge that compares two answers: another model, behind any endpoint, asked in words which one is better
 * (Zheng et al. 2023, MT-Bench). Each pair is asked for in both orders, because judges favour places; where
 * the two verdicts differ there is none.
 */
import type { Conversation, Part, Task } from '@llm/core';
import { messageText } from '@llm/core';

/** Puts a question to a model and gives its answer. */
export type Ask = (question: string) => Promise<string>;

export type Verdict = 'first' | 'second' | 'none';

/** Says which of two answers to a prompt is better. */
export type PairJudge = (
  prompt: Conversation,
  first: readonly Part[],
  second: readonly Part[],
) => Promise<Verdict>;

export interface JudgeOptions {
  readonly ask: Ask;
  /** What the judge is told to look at. Default: helpful, correct, to the point. */
  readonly criterion?: string | undefined;
  /** Ask in one order only: half the questions, and the judge's taste for places. Default false. */
  readonly oneOrder?: boolean | undefined;
}

const textOf = ({ messages }: Conversation): string =>
  messages.map(({ role, parts }) => `${role}: ${messageText(parts)}`).join('\n');

/** The last single letter A or B in a reply; undefined where it names none, or both at once. */
function letterOf(reply: string): 'A' | 'B' | undefined {
  const letters = reply.match(/\b[AB]\b/g) ?? [];
  return letters.at(-1) as 'A' | 'B' | undefined;
}

/** `none` where the judge contradicts itself or names no answer. Rejects with what `ask` rejects with. */
export function createJudge(options: JudgeOptions): PairJudge {
  const { ask, criterion = 'Which answer is more helpful, correct and to the point?', oneOrder } = options;
  const preferred = async (prompt: Conversation, a: readonly Part[], b: readonly Part[]) => {
    const question = `${criterion}\n\n[Conversation]\n${textOf(prompt)}\n\n[Answer A]\n${messageText(a)}\n\n[Answer B]\n${messageText(b)}\n\nEnd with one letter: A or B.`;
    return letterOf(await ask(question));
  };
  return async (prompt, first, second) => {
    const ahead = await preferred(prompt, first, second);
    if (ahead === undefined) return 'none';
    const verdict = ahead === 'A' ? 'first' : 'second';
    if (oneOrder === true) return verdict;
    const behind = await preferred(prompt, second, first);
    return behind !== undefined && behind !== ahead ? verdict : 'none';
  };
}

/**
 * A judge as a reward: how good an answer is from 0 to 10, as a share of 10; null where its reply holds no
 * such number.
 */
export function judgeReward({ ask, criterion }: Omit<JudgeOptions, 'oneOrder'>) {
  return async function judge(task: Task, answer: readonly Part[]): Promise<number | null> {
    const question = `${criterion ?? 'How helpful, correct and to the point is the answer?'}\n\n[Conversation]\n${textOf(task.prompt)}\n\n[Answer]\n${messageText(answer)}\n\nEnd with one whole number from 0 to 10.`;
    // `7/10` is 7.
    const reply = (await ask(question)).replace(/\/\s*10\b/g, '');
    const number = Number(reply.match(/\d+(?:\.\d+)?/g)?.at(-1) ?? Number.NaN);
    return Number.isInteger(number) && number <= 10 ? number / 10 : null;
  };
}
