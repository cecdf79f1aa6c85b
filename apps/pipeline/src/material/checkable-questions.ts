/**
 * Held-out questions whose right answer is known, for the assistant that imitation gives: the sums that RL
 * will practise, and facts of the invented web in wordings that no conversation used. A well-formed answer
 * may be wrong; here it must be right.
 */
import type { JsonValue, Part, Task, TaskSet } from '@llm/core';
import { miniwebConversations, miniwebFacts } from '@llm/miniweb';
import type { PipelineOptions } from '../options.js';
import { taskSetOf } from './task-set.js';

/** Share of right answers, and the questions behind it. */
export type RightAnswers = {
  readonly accuracy: number;
  /** 95 % confidence. */
  readonly interval: readonly [number, number];
  readonly n: number;
} & JsonValue;

export interface CheckableQuestions {
  readonly sums: TaskSet;
  /** Of the world that the documents are about; undefined when those are the user's own. */
  readonly facts: TaskSet | undefined;
}

export function checkableQuestions(options: PipelineOptions): CheckableQuestions {
  const isInvented = options.input.kind === 'miniweb' && options.conversations.length === 0;
  return { sums: taskSetOf(options), facts: isInvented ? heldOutFacts(options) : undefined };
}

/** As many as conversations are held out, each fact once. */
function heldOutFacts({ seed, sft }: PipelineOptions): TaskSet {
  const answers = new Set(miniwebFacts(seed).map(({ answer }) => answer));
  const questions = new Map<string, Task>();
  const wanted = sft.heldOutConversations;
  // A third of the exchanges that are no sums are about facts.
  const conversations = miniwebConversations({
    seed,
    count: wanted * 10,
    split: 'held-out',
    arithmeticShare: 0,
  });
  for (const { messages } of conversations) {
    const last = messages.at(-1)?.parts[0];
    const answer = last?.type === 'text' ? last.text : '';
    if (!answers.has(answer) || questions.has(answer)) continue;
    const prompt = { messages: messages.slice(-2, -1) };
    questions.set(answer, { id: `fact-${questions.size}`, prompt, answer });
    if (questions.size === wanted) break;
  }
  return {
    specificationVersion: 'v1',
    name: 'miniweb-facts',
    train: [],
    heldOut: [...questions.values()],
    reward: (task, completion) => (lastText(completion) === task.answer ? 1 : 0),
  };
}

function lastText(completion: readonly Part[]): string | undefined {
  const last = completion.at(-1);
  return last?.type === 'text' ? last.text.trim() : undefined;
}
