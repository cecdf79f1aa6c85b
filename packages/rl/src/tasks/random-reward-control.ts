/**
 * The control experiment of RL: the same tasks, the same loop, but in
 * training every answer's reward is a coin. If accuracy rises anyway, the
 * gain does not come from the reward ("Spurious Rewards", Shao et al. 2025).
 */
import type { TaskSet } from '@llm/core';
import { createRandom } from '@llm/core';

/**
 * Training tasks score 0 or 1 by a coin drawn from (seed, task, answer): the same answer keeps its reward.
 * Held-out tasks keep the true reward, so the evaluation is the same.
 */
export function randomRewardControl(tasks: TaskSet, seed: number): TaskSet {
  const training = new Set(tasks.train.map(({ id }) => id));
  return {
    specificationVersion: 'v1',
    name: `${tasks.name}, random reward`,
    train: tasks.train,
    heldOut: tasks.heldOut,
    reward: (task, completion) =>
      training.has(task.id)
        ? createRandom(seed, 'random-reward', task.id, JSON.stringify(completion)).uint32() & 1
        : tasks.reward(task, completion),
  };
}
