/** `POST /v1/chat/completions`. */
import type { JsonValue } from '@llm/core';
import { type ChatShape, chatAnswer, chatChunks } from '../answers/chat-answer.js';
import { ApiError } from '../api-error.js';
import { choiceSeed } from '../requests/answer-options.js';
import { chatRequest } from '../requests/chat-request.js';
import type { RunningRequest } from '../running-requests.js';
import type { ServerState } from '../server-state.js';
import { answerRequest, checkChoices, newId, secondsNow } from './answer-request.js';
import { findAssistant } from './find-assistant.js';

export async function chatCompletions(
  state: ServerState,
  request: RunningRequest,
  body: JsonValue,
): Promise<Response> {
  const { fields, messages, options, logProbabilities, singleCall } = chatRequest(body);
  const assistant = findAssistant(state, fields.model);
  if (!assistant.canChat) {
    throw new ApiError({
      status: 400,
      message: `${assistant.name} is a base model without a chat format: use /v1/completions.`,
      param: 'model',
      code: 'assistant/no-chat-format',
    });
  }
  const count = checkChoices(state, fields, 1);
  const { signal } = request;
  const shape: ChatShape = {
    id: newId('chatcmpl'),
    created: secondsNow(),
    model: fields.model,
    choices: count,
    logProbabilities,
    includeUsage: fields.stream_options?.include_usage ?? false,
    singleCall,
  };
  return answerRequest(state, request, {
    route: '/v1/chat/completions',
    fields,
    logProbabilities,
    choices: Array.from({ length: count }, (_, choice) => () => {
      const seed = choiceSeed(fields.seed, choice);
      return assistant.chat(messages, { ...options, seed, signal });
    }),
    whole: (pieces) => chatAnswer(shape, pieces),
    chunks: (pieces) => chatChunks(shape, pieces),
  });
}
