/**
 * Held-out questions whose right answer is known, for the assistant that imitation gives: the sums that RL
 * will practise, and facts of the invented web in wordings that no conversation used. A well-formed answer
 * may be wrong; here it must be right.
 */
import type { JsonValue, Part, Task, TaskSet } from '@llm/core';
import { miniwebQuestions } from '@llm/miniweb';
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
  return { sums: taskSetOf(options), facts: isInvented(options) ? heldOutFacts(options) : undefined };
}

/** Whether a run is about the invented web alone, of which everything is known. */
export function isInvented({ input, conversations }: PipelineOptions): boolean {
  return input.kind === 'miniweb' && conversations.length === 0;
}

/** As many as conversations are held out, each fact once; of those that conversations teach. */
function heldOutFacts({ seed, sft }: PipelineOptions): TaskSet {
  const heldOut = miniwebQuestions(seed, 'facts-asked', sft.heldOutConversations).map(
    ({ messages, answer }, index): Task => ({ id: `fact-${index}`, prompt: { messages }, answer }),
  );
  return {
    specificationVersion: 'v1',
    name: 'miniweb-facts',
    train: [],
    heldOut,
    reward: (task, completion) => (lastText(completion) === task.answer ? 1 : 0),
  };
}

function lastText(completion: readonly Part[]): string | undefined {
  const last = completion.at(-1);
  return last?.type === 'text' ? last.text.trim() : undefined;
}
