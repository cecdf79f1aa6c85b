/** What the models of `--model` are; they answer at `/v1/`. */
import type { Assistant } from '@llm/assistant';
import type { ServerModel } from '@llm/studio/wire';
import type { ApiRoute } from './api-route.js';

export function modelRoutes(assistants: readonly Assistant[]): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/models',
      about:
        'The models of --model: name, size, window, sampling, and whether they chat. They answer at /v1/.',
      answer: (context) => context.json(assistants.map(described)),
    },
  ];
}

function described({ name, canChat, defaults, model }: Assistant): ServerModel {
  const { contextLength, parameterCount, config } = model;
  const { depth, heads } = config;
  return { name, canChat, contextLength, parameterCount, depth, heads, defaults };
}
