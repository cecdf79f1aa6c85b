/** What was read, on an executor: the assistant. */
import type { Executor } from '@llm/graph';
import { createTransformer } from '@llm/model';
import type { Assistant } from '../assistant.js';
import { createAssistant } from '../create-assistant.js';
import type { WeightType } from './load-options.js';
import type { LoadedModel } from './loaded-model.js';
import { selfTest } from './self-test.js';
import { weightsAs } from './weight-types.js';

/** Throws `assistant/backend-wrong`. */
export async function assemble(
  loaded: LoadedModel,
  executor: Executor,
  {
    dtype,
    selfTest: isTested = true,
  }: { readonly dtype: WeightType; readonly selfTest?: boolean | undefined },
): Promise<Assistant> {
  const { config, parameters: stored, ...language } = loaded;
  const parameters = weightsAs(stored, dtype);
  if (isTested) await selfTest(config, parameters, executor);
  const model = await createTransformer({ config, executor, parameters });
  return createAssistant({ ...language, model });
}
