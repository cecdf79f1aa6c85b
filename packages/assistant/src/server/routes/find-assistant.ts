import type { Assistant } from '../../assistant.js';
import { ApiError } from '../api-error.js';
import type { ServerState } from '../server-state.js';

/** Throws 404 `model_not_found`, with the names there are. */
export function findAssistant({ assistants }: Pick<ServerState, 'assistants'>, name: string): Assistant {
  const found = assistants.get(name);
  if (found !== undefined) return found;
  throw new ApiError({
    status: 404,
    message: `The model "${name.slice(0, 200)}" does not exist; this server has ${[...assistants.keys()].join(', ')}.`,
    param: 'model',
    code: 'model_not_found',
  });
}
