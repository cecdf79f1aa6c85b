/**
 * The model that practice begins from: it has imitated people of whom few write their steps and most say the
 * number at once. All demonstrations are right, so there is nothing wrong in what it imitates.
 */
import {
  type ArtifactStore,
  type Conversation,
  createRandom,
  type NamedTensor,
  type RunOptions,
} from '@llm/core';
import { muon } from '@llm/model';
import type { Language } from '../models/open-model.js';
import { type ImitationSizes, imitate } from './imitation.js';
import { hasKeptModel, keepModel, keptParameters, type LabSizes, openLabModel } from './lab-model.js';
import { type PurseTasks, purseConversation } from './material/purse-problems.js';

export type ImitatorSizes = {
  readonly model: LabSizes;
  readonly imitation: ImitationSizes;
  readonly conversations: number;
  /** Share of the demonstrations that show steps. */
  readonly stepsShare: number;
};

/** `count` demonstrations, of which `stepsShare` show steps; the others say the number at once. */
export function demonstrations(
  tasks: PurseTasks,
  {
    count,
    stepsShare,
    seed,
  }: { readonly count: number; readonly stepsShare: number; readonly seed: number | string },
): Conversation[] {
  const random = createRandom(seed, 'demonstrations');
  return Array.from({ length: count }, () =>
    purseConversation(tasks.draw(random), random.uniform() < stepsShare ? 'steps-first' : 'direct'),
  );
}

export interface ImitatorOptions extends RunOptions {
  readonly store: ArtifactStore;
  readonly tasks: PurseTasks;
  readonly language: Language;
  readonly sizes: ImitatorSizes;
  readonly threads: number;
  readonly seed: number;
}

/** Its weights: trained once, kept as `imitator-SEED`. */
export async function imitatorParameters(
  options: ImitatorOptions,
): Promise<ReadonlyMap<string, NamedTensor>> {
  const { store, tasks, language, sizes, threads, seed, signal, onEvent } = options;
  const name = `imitator-${seed}`;
  if (!(await hasKeptModel(store, name))) {
    const opened = await openLabModel({ sizes: sizes.model, language, threads, seed, optimizer: muon() });
    try {
      const { conversations: count, stepsShare } = sizes;
      await imitate({
        ...{ opened, sizes: sizes.imitation, seed, signal, onEvent },
        conversations: demonstrations(tasks, { count, stepsShare, seed }),
        stage: `imitation, seed ${seed}`,
      });
      await keepModel(store, name, opened);
    } finally {
      await opened.model.dispose();
    }
  }
  return keptParameters(store, name);
}
