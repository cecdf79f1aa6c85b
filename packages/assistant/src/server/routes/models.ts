/** `GET /v1/models` and `GET /v1/models/:id`. */
import type { Assistant } from '../../assistant.js';
import type { ServerState } from '../server-state.js';

export function listModels(state: ServerState): object {
  return { object: 'list', data: [...state.assistants.values()].map((each) => modelBody(state, each)) };
}

export function modelBody({ started }: ServerState, { name, model }: Assistant): object {
  // The last has vLLM's name.
  return {
    id: name,
    object: 'model',
    created: started,
    owned_by: 'local',
    max_model_len: model.contextLength,
  };
}
