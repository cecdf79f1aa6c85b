/**
 * A model behind any OpenAI-compatible endpoint, asked for one answer at a time: what a teacher or a judge
 * is. Tried again as `createJsonEndpoint` of `@llm/core` does.
 */
import type { Conversation, JsonEndpointOptions } from '@llm/core';
import { checkNumbers, createJsonEndpoint, LlmError, messageText } from '@llm/core';

export interface ChatEndpointOptions extends JsonEndpointOptions {
  readonly model: string;
  /** Default 512. */
  readonly maxTokens?: number | undefined;
  /** Default: the server's. */
  readonly temperature?: number | undefined;
}

export interface EndpointAnswer {
  readonly text: string;
  /** `stop`, `length`, … as the server says it. */
  readonly finishReason: string;
}

export type ChatEndpoint = (conversation: Conversation) => Promise<EndpointAnswer>;

/**
 * Throws `core/option-invalid`, `sft/endpoint-invalid` for an address that is none; an answer rejects with
 * `sft/endpoint-refused` (status and what the server says, never the key) or `sft/endpoint-unreachable`.
 */
export function createChatEndpoint(options: ChatEndpointOptions): ChatEndpoint {
  checkNumbers(options, { maxTokens: { minimum: 1, integer: true }, temperature: { minimum: 0 } });
  const { model, maxTokens = 512, temperature } = options;
  const endpoint = createJsonEndpoint(options, { path: 'chat/completions', stage: 'sft' });
  return async ({ messages }) => {
    const json = await endpoint.ask({
      model,
      messages: messages.map(({ role, parts }) => ({ role, content: messageText(parts) })),
      max_tokens: maxTokens,
      ...(temperature !== undefined && { temperature }),
    });
    return answerOf(json, endpoint.address);
  };
}

function answerOf(json: unknown, address: string): EndpointAnswer {
  const { choices } = (json ?? {}) as {
    choices?: { message?: { content?: unknown }; finish_reason?: unknown }[];
  };
  const content = Array.isArray(choices) ? choices[0]?.message?.content : undefined;
  if (typeof content !== 'string')
    throw new LlmError({
      code: 'sft/endpoint-refused',
      message: `${address} answered without choices[0].message.content; it is no OpenAI-compatible endpoint, or it answered with a tool call.`,
    });
  return { text: content, finishReason: String(choices![0]!.finish_reason ?? 'stop') };
}
