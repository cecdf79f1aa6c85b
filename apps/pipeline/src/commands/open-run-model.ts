/** A model of a run, ready to be measured. */

import { findRunModel, type RunModelPlace } from '../models/model-source.js';
import { type OpenModel, openModel } from '../models/open-model.js';

export interface RunModelFlags {
  readonly run?: string | undefined;
  readonly model?: string | undefined;
  readonly threads?: number | undefined;
  readonly seed: number;
}

export interface RunModel extends OpenModel, RunModelPlace {}

/** Throws what `findRunModel` does. */
export async function openRunModel(flags: RunModelFlags): Promise<RunModel> {
  const place = await findRunModel(flags);
  const opened = await openModel(place.store, place.name, {
    threads: flags.threads ?? place.options.threads,
  });
  return { ...opened, ...place };
}
