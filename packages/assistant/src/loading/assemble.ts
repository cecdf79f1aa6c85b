/** What was read, on an executor: the assistant. */
import type { Executor } from '@llm/graph';
import { createTransformer } from '@llm/model';
import type { Assistant } from '../assistant.js';
import { createAssistant } from '../create-assistant.js';
import type { LoadedModel } from './loaded-model.js';

export async function assemble(
  loaded: LoadedModel,
  { executor }: { readonly executor: Executor; readonly selfTest?: boolean | undefined },
): Promise<Assistant> {
  const { config, parameters, ...language } = loaded;
  const model = await createTransformer({ config, executor, parameters });
  return createAssistant({ ...language, model });
}
