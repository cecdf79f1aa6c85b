/**
 * A model behind any OpenAI-compatible endpoint, asked for one answer at a time: what a teacher or a judge
 * is. Answers of 429 and 5xx and broken connections are tried again, later each time, or when the server
 * says.
 */
import type { Conversation } from '@llm/core';
import { checkNumbers, LlmError, messageText } from '@llm/core';

export interface ChatEndpointOptions {
  /** Up to `/v1`: `http://localhost:8000/v1`. */
  readonly url: string;
  readonly model: string;
  readonly apiKey?: string | undefined;
  /** Default 512. */
  readonly maxTokens?: number | undefined;
  /** Default: the server's. */
  readonly temperature?: number | undefined;
  /** Of one try. Default 120. */
  readonly timeoutSeconds?: number | undefined;
  /** Tries of one answer. Default 4. */
  readonly tries?: number | undefined;
  /** Before the second try, twice as long before each further one. Default 1. */
  readonly retrySeconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
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
  checkNumbers(options, {
    maxTokens: { minimum: 1, integer: true },
    temperature: { minimum: 0 },
    timeoutSeconds: { above: 0 },
    tries: { minimum: 1, integer: true },
    retrySeconds: { minimum: 0 },
  });
  const { url, model, maxTokens = 512, temperature, tries = 4, retrySeconds = 1, signal } = options;
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new LlmError({
      code: 'sft/endpoint-invalid',
      message: `"${url}" is no address of an endpoint; it looks like http://localhost:8000/v1.`,
    });
  const address = `${url.replace(/\/+$/, '')}/chat/completions`;
  const headers = {
    'content-type': 'application/json',
    ...(options.apiKey !== undefined && { authorization: `Bearer ${options.apiKey}` }),
  };

  const ask = async (body: string): Promise<Response> => {
    const timeout = AbortSignal.timeout((options.timeoutSeconds ?? 120) * 1000);
    const either = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    return fetch(address, { method: 'POST', headers, body, signal: either });
  };

  return async ({ messages }) => {
    const body = JSON.stringify({
      model,
      messages: messages.map(({ role, parts }) => ({ role, content: messageText(parts) })),
      max_tokens: maxTokens,
      ...(temperature !== undefined && { temperature }),
    });
    for (let attempt = 1; ; attempt++) {
      let problem: LlmError;
      let pause = retrySeconds * 2 ** (attempt - 1);
      try {
        const response = await ask(body);
        if (response.ok) return answerOf(await response.json(), address);
        problem = new LlmError({
          code: 'sft/endpoint-refused',
          message: `${address} answered ${response.status}: ${(await response.text()).slice(0, 200)}`,
          details: { status: response.status },
        });
        if (response.status !== 429 && response.status < 500) throw problem;
        const wanted = Number(response.headers.get('retry-after') ?? Number.NaN);
        if (Number.isFinite(wanted)) pause = Math.min(60, Math.max(0, wanted));
      } catch (error) {
        signal?.throwIfAborted();
        if (LlmError.isInstance(error)) throw error;
        problem = new LlmError({
          code: 'sft/endpoint-unreachable',
          message: `${address} gave no answer: ${error instanceof Error ? error.message : String(error)}`,
          cause: error,
        });
      }
      if (attempt >= tries) throw problem;
      await new Promise((resolve) => setTimeout(resolve, pause * 1000));
      signal?.throwIfAborted();
    }
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
