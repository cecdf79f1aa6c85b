/**
 * What a reward model thinks of answers: the scalar head's number where it has read all of an answer, as a
 * list, and as the reward of a task set, so that a policy can practise against it. The answers of a batch,
 * which are asked for at the same time, are scored together.
 */
import type { Conversation, ConversationRenderer, Part, TaskSet, ValueModel } from '@llm/core';
import { checkNumber } from '@llm/core';
import { layOutAnswers, renderAnswer } from './answer-rows.js';

export interface RewardModel {
  readonly model: Pick<ValueModel, 'values' | 'contextLength'>;
  readonly renderer: ConversationRenderer;
  /** Answers scored at a time. Default 32. */
  readonly rows?: number | undefined;
}

export interface AnsweredPrompt {
  /** Ends with a user message. */
  readonly prompt: Conversation;
  readonly answer: readonly Part[];
}

/** [answers] scores. Throws `rl/answer-too-long` and what renderer and model throw. */
export async function scoreAnswers(
  { model, renderer, rows = 32 }: RewardModel,
  answers: readonly AnsweredPrompt[],
): Promise<number[]> {
  checkNumber('rows', rows, { minimum: 1, integer: true });
  const scores: number[] = [];
  for (let start = 0; start < answers.length; start += rows) {
    const group = answers.slice(start, start + rows).map(({ prompt, answer }, i) =>
      renderAnswer(prompt, answer, {
        renderer,
        place: 'ends',
        columns: model.contextLength,
        what: `Answer ${start + i}`,
      }),
    );
    const longest = Math.max(...group.map(({ ids }) => ids.length));
    const columns = Math.min(model.contextLength, Math.ceil(longest / 16) * 16);
    const batch = layOutAnswers(group, columns, 'ends');
    const values = await model.values(batch);
    for (const [row, { mask }] of group.entries()) scores.push(values[row * columns + mask.lastIndexOf(1)]!);
  }
  return scores;
}

/** A task set's `reward`. An answer that cannot be rendered rejects its own promise alone. */
export function rewardModelReward(options: RewardModel): TaskSet['reward'] {
  let waiting: { answered: AnsweredPrompt; resolve(score: number): void; reject(error: unknown): void }[] =
    [];
  const scoreWaiting = async (): Promise<void> => {
    const group = waiting;
    waiting = [];
    try {
      const scores = await scoreAnswers(
        options,
        group.map(({ answered }) => answered),
      );
      for (const [i, { resolve }] of group.entries()) resolve(scores[i]!);
    } catch (error) {
      // One of them is the reason: each by itself says which.
      if (group.length === 1) group[0]!.reject(error);
      else
        for (const { answered, resolve, reject } of group)
          await scoreAnswers(options, [answered]).then(([score]) => resolve(score!), reject);
    }
  };
  return function rewardModel(task, answer) {
    if (waiting.length === 0) queueMicrotask(scoreWaiting);
    return new Promise<number>((resolve, reject) => {
      waiting.push({ answered: { prompt: task.prompt, answer }, resolve, reject });
    });
  };
}
