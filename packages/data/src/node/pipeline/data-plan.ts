/** A run as a module: `export default` of a list of steps, or of a plan. What `llm data run` takes. */
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LlmError } from '@llm/core';
import type { PageStep } from '../../page/page-step.js';
import { importModule, type StepsModule } from '../workers/steps-module.js';
import type { DataPipelineOptions } from './data-pipeline-options.js';

type FromCaller = 'store' | 'steps' | 'prefix' | 'inputs' | 'signal' | 'onEvent' | 'rank' | 'world' | 'phase';

export interface DataPlan extends Omit<DataPipelineOptions, FromCaller> {
  readonly inputs?: DataPipelineOptions['inputs'] | undefined;
  /** Directory that the output goes to. */
  readonly output?: string | undefined;
  /** Default: FineWeb's for English. */
  readonly steps?: readonly PageStep[] | undefined;
}

const known: Record<keyof DataPlan, true> = {
  inputs: true,
  output: true,
  steps: true,
  deduplication: true,
  decontamination: true,
  pii: true,
  record: true,
  shardCharacters: true,
  workers: true,
  pageSeconds: true,
  workerMegabytes: true,
  pieceBytes: true,
  segmentItems: true,
  maxPageBytes: true,
  documentCharacters: true,
};

/**
 * The plan that a module exports, its steps as the module that workers load. Throws `data/plan-unreadable`
 * and `data/plan-invalid`.
 */
export async function loadDataPlan(
  module: string,
): Promise<Omit<DataPlan, 'steps'> & { readonly steps: StepsModule }> {
  const path = module.startsWith('file:')
    ? fileURLToPath(module)
    : isAbsolute(module)
      ? module
      : resolve(module);
  const exported = await importModule(path);
  const made: unknown = typeof exported === 'function' ? await (exported as () => unknown)() : exported;
  if (typeof made !== 'object' || made === null)
    throw new LlmError({
      code: 'data/plan-invalid',
      message: `${module} has no default export that is a list of steps or a plan: export default { inputs, output, steps }.`,
      details: { module },
    });
  if (Array.isArray(made)) return { steps: { module: path } };
  const strange = Object.keys(made).find((name) => !Object.hasOwn(known, name));
  if (strange !== undefined)
    throw new LlmError({
      code: 'data/plan-invalid',
      message: `The plan ${module} has "${strange}", which is no option. A plan has ${Object.keys(known).join(', ')}.`,
      details: { module, option: strange },
    });
  return { ...(made as DataPlan), steps: { module: path } };
}
