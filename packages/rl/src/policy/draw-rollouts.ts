/**
 * The answers of one step: which tasks are tried, and again which, where groups taught nothing. All of it
 * follows from (seed, step), so that a run continues to the bit.
 */
import type { Task } from '@llm/core';
import { checkNumber, createRandom, LlmError } from '@llm/core';
import type { Rollout } from '../rollout/rollout.js';
import { createShuffledPasses } from '../shuffled-passes.js';

export interface DynamicSamplingOptions {
  /** Rounds at most, the first included; what is missing then is filled up with tied groups. Default 4. */
  readonly rounds?: number | undefined;
}

/**
 * Whether a task is tried at a step, counted from 0: easy ones first, or what is neither easy nor hopeless.
 */
export type Curriculum = (task: Task, step: number) => boolean;

export interface DrawOptions {
  readonly tasks: readonly Task[];
  readonly promptsPerStep: number;
  readonly samplesPerPrompt: number;
  readonly seed: number;
  readonly curriculum: Curriculum | undefined;
  /** DAPO (Yu et al. 2025): groups whose answers all got the same reward are replaced by others. */
  readonly dynamicSampling: DynamicSamplingOptions | undefined;
  answer(tasks: readonly Task[], seed: number): Promise<Rollout[]>;
}

export interface Drawn {
  readonly rollouts: readonly Rollout[];
  readonly metrics: Readonly<Record<string, number>>;
}

/** A function of the step. Throws `core/option-invalid`, `rl/no-tasks` where a curriculum leaves none. */
export function createDraw(options: DrawOptions): (step: number) => Promise<Drawn> {
  const { promptsPerStep, samplesPerPrompt, seed, dynamicSampling } = options;
  const rounds = dynamicSampling === undefined ? 1 : (dynamicSampling.rounds ?? 4);
  checkNumber('dynamicSampling.rounds', rounds, { minimum: 1, integer: true });
  const chosen = taskChooser(options, rounds);
  return async (step) => {
    const taught: Rollout[][] = [];
    const tied: Rollout[][] = [];
    let round = 0;
    while (round < rounds && (round === 0 || taught.length < promptsPerStep)) {
      const name = round === 0 ? [step] : [step, round];
      const rollouts = await options.answer(
        chosen(step, round),
        createRandom(seed, 'rollout', ...name).uint32(),
      );
      for (let start = 0; start < rollouts.length; start += samplesPerPrompt) {
        const group = rollouts.slice(start, start + samplesPerPrompt);
        (dynamicSampling && isTied(group) ? tied : taught).push(group);
      }
      round++;
    }
    const groups = [...taught, ...tied].slice(0, promptsPerStep);
    const rollouts = groups.flat();
    if (dynamicSampling === undefined) return { rollouts, metrics: {} };
    const metrics = { 'sampling/rounds': round, 'sampling/tied_groups': tied.length };
    return { rollouts, metrics };
  };
}

/** Rewards that are alike, and answers that nothing could score, teach nothing. */
function isTied(group: readonly Rollout[]): boolean {
  const known = group.filter(({ isScored = true }) => isScored);
  return known.every(({ reward }) => reward === known[0]!.reward);
}

function taskChooser(
  { tasks, promptsPerStep, seed, curriculum }: DrawOptions,
  rounds: number,
): (step: number, round: number) => Task[] {
  if (curriculum === undefined) {
    const order = createShuffledPasses(tasks, promptsPerStep, seed, 'tasks');
    const more = createShuffledPasses(tasks, promptsPerStep, seed, 'more-tasks');
    return (step, round) => (round === 0 ? order.batch(step) : more.batch(step * (rounds - 1) + round - 1));
  }
  return (step, round) => {
    const pool = tasks.filter((task) => curriculum(task, step));
    if (pool.length === 0)
      throw new LlmError({
        code: 'rl/no-tasks',
        message: `The curriculum leaves none of ${tasks.length} tasks for step ${step + 1}; it must keep at least one at every step.`,
        details: { step },
      });
    return createShuffledPasses(pool, promptsPerStep, seed, `tasks ${step}`).batch(round);
  };
}
