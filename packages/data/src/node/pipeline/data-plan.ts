/** A run as a module: `export default` of a list of steps, or of a plan. What `llm data run` takes. */
import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LlmError } from '@llm/core';
import { checkOptions, type OptionKinds } from '../../page/check-options.js';
import type { PageStep } from '../../page/page-step.js';
import { importModule, type StepsModule } from '../workers/steps-module.js';
import { planKinds } from './check-run.js';
import type { DataPipelineOptions } from './data-pipeline-options.js';

type FromCaller = 'store' | 'steps' | 'prefix' | 'inputs' | 'signal' | 'onEvent' | 'rank' | 'world' | 'phase';

export interface DataPlan extends Omit<DataPipelineOptions, FromCaller> {
  readonly inputs?: DataPipelineOptions['inputs'] | undefined;
  /** Directory that the output goes to. */
  readonly output?: string | undefined;
  /** Default: FineWeb's for English. */
  readonly steps?: readonly PageStep[] | undefined;
}

const kinds: OptionKinds<DataPlan> = { ...planKinds, inputs: 'list', steps: 'list', output: 'text' };

/**
 * The plan that a module exports, its steps as the module that workers load; undefined where it has none.
 * Throws `data/plan-unreadable` and `data/plan-invalid`.
 */
export async function loadDataPlan(
  module: string,
): Promise<Omit<DataPlan, 'steps'> & { readonly steps: StepsModule | undefined }> {
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
  checkOptions(`The plan ${module}`, made as DataPlan, kinds, 'data/plan-invalid');
  const { steps, ...rest } = made as DataPlan;
  return { ...rest, steps: steps === undefined ? undefined : { module: path } };
}
