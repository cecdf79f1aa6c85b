/** What was read, on an executor: the assistant. */
import type { Executor } from '@llm/graph';
import { createTransformer } from '@llm/model';
import type { Assistant } from '../assistant.js';
import { createAssistant } from '../create-assistant.js';
import type { LoadedModel } from './loaded-model.js';
import { selfTest } from './self-test.js';

/** Throws `assistant/backend-wrong`. */
export async function assemble(
  loaded: LoadedModel,
  executor: Executor,
  { selfTest: isTested = true }: { readonly selfTest?: boolean | undefined },
): Promise<Assistant> {
  const { config, parameters, ...language } = loaded;
  if (isTested) await selfTest(config, parameters, executor);
  const model = await createTransformer({ config, executor, parameters });
  return createAssistant({ ...language, model });
}
