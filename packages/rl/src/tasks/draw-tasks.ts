/**
 * Problems that are made up: as many different ones as are asked for, the held-out ones none of the others.
 */
import type { JsonValue, Random, Task, TaskSet } from '@llm/core';
import { checkNumber, createRandom, LlmError, textMessage } from '@llm/core';

export interface DrawTasksOptions {
  /** Default 0. */
  readonly seed?: number | undefined;
  readonly train: number;
  readonly heldOut: number;
}

export interface DrawnTask {
  /** What makes it the same task as another. */
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  readonly metadata?: Readonly<Record<string, JsonValue>> | undefined;
}

/** Draws in a row that bring nothing new, after which there are no more. */
const patience = 10_000;

/** Throws `core/option-invalid`, and `rl/too-few-tasks` where there are not as many different ones. */
export function drawTasks(
  name: string,
  { seed = 0, train, heldOut }: DrawTasksOptions,
  draw: (random: Random) => DrawnTask | undefined,
  reward: TaskSet['reward'],
): TaskSet {
  checkNumber('train', train, { minimum: 0, integer: true });
  checkNumber('heldOut', heldOut, { minimum: 0, integer: true });
  checkNumber('seed', seed);
  const random = createRandom(seed, name);
  const tasks = new Map<string, Task>();
  for (let idle = 0; tasks.size < train + heldOut; idle++) {
    if (idle > patience)
      throw new LlmError({
        code: 'rl/too-few-tasks',
        message: `There are about ${tasks.size} different tasks of "${name}", and ${train + heldOut} are asked for: ask for fewer, or make them harder.`,
        details: { name, tasks: tasks.size },
      });
    const drawn = draw(random);
    if (drawn === undefined || tasks.has(drawn.id)) continue;
    const { id, question, answer, metadata } = drawn;
    tasks.set(id, { id, prompt: { messages: [textMessage('user', question)] }, answer, metadata });
    idle = 0;
  }
  const all = [...tasks.values()];
  return {
    specificationVersion: 'v1',
    name,
    train: all.slice(heldOut),
    heldOut: all.slice(0, heldOut),
    reward,
  };
}
