/** The prompts of any step from (seed, step) alone: an endless sequence of shuffled passes over the tasks. */
import type { Task } from '@llm/core';
import { createRandom, LlmError } from '@llm/core';

/** `batch(step)` gives `count` tasks. Throws `rl/no-tasks` when there are none. */
export function createTaskOrder(
  tasks: readonly Task[],
  count: number,
  seed: number,
): { batch(step: number): Task[] } {
  if (tasks.length === 0) {
    throw new LlmError({
      code: 'rl/no-tasks',
      message: 'The task set has no training tasks; give at least one.',
    });
  }
  let epochOfPass = -1;
  let pass: number[] = [];
  const at = (index: number): Task => {
    const epoch = Math.floor(index / tasks.length);
    if (epoch !== epochOfPass) {
      pass = createRandom(seed, 'tasks', epoch).shuffle(tasks.map((_, i) => i));
      epochOfPass = epoch;
    }
    return tasks[pass[index % tasks.length]!]!;
  };
  return { batch: (step) => Array.from({ length: count }, (_, i) => at(step * count + i)) };
}
