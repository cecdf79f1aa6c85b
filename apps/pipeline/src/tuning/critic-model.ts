/**
 * A critic beside the model that is tuned (PPO): the same weights with a head of one number, trained with the
 * same adapters, or all of it where the model is. A step counts when both have saved it: the critic saves
 * first and keeps two steps, so that the one the model goes on from is always there.
 */
import type { ArtifactStore } from '@llm/core';
import type { Objective } from '@llm/graph';
import {
  checkpointHooks,
  createTransformer,
  type LoraConfig,
  loadCheckpoint,
  type Transformer,
} from '@llm/model';
import { checkpointPrefix } from '../models/stage-checkpoints.js';

export interface CriticTask {
  readonly objective: Objective;
  /** Of what it computes at once, for the plan. */
  readonly rows: number;
  readonly columns: number;
}

export function createCritic(
  policy: Parameters<typeof createTransformer>[0],
  { objective }: CriticTask,
): Promise<Transformer> {
  return createTransformer({ ...policy, config: { ...policy.config, scalarHead: true }, objective });
}

const prefixOf = (name: string): string => checkpointPrefix(`${name}/critic`);

/** Throws `core/artifact-missing` where it was not saved at that step. */
export async function restoreCritic(
  store: ArtifactStore,
  name: string,
  critic: Transformer,
  stepsTaken: number,
): Promise<void> {
  const folder = `${prefixOf(name)}/step-${String(stepsTaken).padStart(8, '0')}`;
  const { snapshot } = await loadCheckpoint(store, folder);
  await critic.restore(snapshot);
}

/** The critic's checkpoint, then `next`. */
export function criticHooks(
  store: ArtifactStore,
  name: string,
  {
    critic,
    lora,
    next,
  }: {
    readonly critic: Transformer;
    readonly lora: LoraConfig | undefined;
    readonly next: (step: number) => Promise<string>;
  },
): (step: number) => Promise<string> {
  const own = checkpointHooks(store, prefixOf(name), { model: critic, config: critic.config, lora, keep: 2 });
  return async (step) => {
    await own.onCheckpoint(step);
    return next(step);
  };
}
