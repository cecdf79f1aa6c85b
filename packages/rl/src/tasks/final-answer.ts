/**
 * Rewards for answers that end in `#### 42`, GSM8K's mark. `strict` is OpenAI's and nanochat's rule (first
 * mark, commas dropped, string equality), except that a closing full stop is not part of the number
 * (lm-eval's strict rule); `flexible` takes the last number anywhere, which lm-eval reports beside it.
 */
import type { Part, Task, TaskSet } from '@llm/core';
import { checkChoice, checkNumber, createRandom, LlmError, messageText } from '@llm/core';

/** The number a text commits to, without thousands separators; undefined when there is none. */
export function finalAnswer(text: string, rule: 'strict' | 'flexible' = 'strict'): string | undefined {
  const found =
    rule === 'strict' ? /#### (-?[\d.,]+)/.exec(text)?.[1] : text.match(/-?\d[\d,]*(?:\.\d+)?/g)?.at(-1);
  const number = found?.replaceAll(',', '').replace(/\.$/, '');
  return number === undefined || !/\d/.test(number) ? undefined : number;
}

/** 1 when the final answer equals `task.answer`, else 0. Tool calls and outputs do not count as text. */
export function finalAnswerReward(
  rule: 'strict' | 'flexible' = 'strict',
): (task: Task, completion: readonly Part[]) => number {
  checkChoice('rule', rule, ['strict', 'flexible']);
  return (task, completion) =>
    finalAnswer(messageText(completion), rule) === task.answer.replaceAll(',', '') ? 1 : 0;
}

export interface CreateTaskSetOptions {
  readonly name: string;
  readonly tasks: readonly Task[];
  /** Tasks kept for evaluation: a count. */
  readonly heldOut: number;
  /** Tasks with the same key are on the same side. Default: the task's id. */
  readonly groupBy?: ((task: Task) => string) | undefined;
  /** Default 0. */
  readonly seed?: number | undefined;
  /** Default: `finalAnswerReward()`. */
  readonly reward?: TaskSet['reward'] | undefined;
}

/**
 * Splits tasks by a seeded shuffle of their groups: at least `heldOut` tasks
 * are held out, whole groups at a time. Throws `rl/split-invalid` when nothing
 * would be left to train on, `core/option-invalid` when `heldOut` is no count.
 */
export function createTaskSet(options: CreateTaskSetOptions): TaskSet {
  const { name, tasks, heldOut, groupBy = (task) => task.id, seed = 0 } = options;
  checkNumber('heldOut', heldOut, { minimum: 0, integer: true });
  const groups = [...new Set(tasks.map(groupBy))];
  const size = new Map<string, number>();
  for (const task of tasks) size.set(groupBy(task), (size.get(groupBy(task)) ?? 0) + 1);
  const held = new Set<string>();
  let count = 0;
  for (const group of createRandom(seed, 'split', name).shuffle(groups)) {
    if (count >= heldOut) break;
    held.add(group);
    count += size.get(group)!;
  }
  const train = tasks.filter((task) => !held.has(groupBy(task)));
  if (train.length === 0 || count < heldOut) {
    throw new LlmError({
      code: 'rl/split-invalid',
      message: `Task set "${name}" has ${tasks.length} tasks; holding out ${heldOut} leaves ${train.length} to train on.`,
      details: { tasks: tasks.length, heldOut },
    });
  }
  return {
    specificationVersion: 'v1',
    name,
    train,
    heldOut: tasks.filter((task) => held.has(groupBy(task))),
    reward: options.reward ?? finalAnswerReward(),
  };
}
