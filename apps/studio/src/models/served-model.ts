/**
 * A model of the server's own (`llm studio --model`), asked over the OpenAI API with the calls that a worker
 * takes. Its tokens are not told one by one, so nothing goes on from one of them, and it has no tools.
 */
import type { AnswerPart, ChatMessage } from '@llm/assistant';
import { Problem } from '../store/ask.js';
import { isStatic } from '../store/site.js';
import type { CallOptions } from '../workers/worker-calls.js';
import { eventData } from './event-data.js';
import type { AnsweringModel, EndPart, ModelCalls, Sampling } from './model-calls.js';

const address = (path: string): string => new URL(`v1/${path}`, document.baseURI).href;

interface Listed {
  readonly id: string;
  readonly max_model_len: number;
}

/** Names of the server's models; none where there is no server. */
export async function servedModels(signal: AbortSignal): Promise<readonly string[]> {
  if (isStatic) return [];
  const { data } = (await (await reach('models', { signal })).json()) as { readonly data: readonly Listed[] };
  return data.map(({ id }) => id);
}

type Call<Name extends keyof ModelCalls> = (
  takes: ModelCalls[Name]['takes'],
  options: CallOptions<never>,
) => Promise<ModelCalls[Name]['gives']>;

export class ServedModel {
  readonly #model: string;
  readonly #stopped = new AbortController();

  constructor(model: string) {
    this.#model = model;
  }

  call<Name extends keyof ModelCalls & string>(
    name: Name,
    takes: ModelCalls[Name]['takes'],
    options: CallOptions<ModelCalls[Name]['says']> = {},
  ): Promise<ModelCalls[Name]['gives']> {
    const calls: { readonly [Each in keyof ModelCalls]: Call<Each> } = {
      load: () => this.#load(),
      chat: ({ messages, sampling, begin }, given) =>
        this.#answer('chat/completions', { messages: messages.map(wireMessage) }, sampling, begin, given),
      complete: ({ text, sampling, begin }, given) =>
        this.#answer('completions', { prompt: text }, sampling, begin, given),
    };
    return (calls[name] as Call<Name>)(takes, options as CallOptions<never>);
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #load(): Promise<AnsweringModel> {
    const path = `models/${this.#model.split('/').map(encodeURIComponent).join('/')}`;
    const found = (await (await reach(path, { signal: this.#stopped.signal })).json()) as Listed;
    return {
      name: this.#model,
      canChat: true,
      runsOn: 'the server',
      contextLength: found.max_model_len,
      defaults: {},
      tools: [],
    };
  }

  async #answer(
    path: string,
    question: object,
    sampling: Sampling,
    begin: readonly number[],
    { onSaid, signal }: CallOptions<never>,
  ): Promise<undefined> {
    if (begin.length > 0)
      throw new Problem('studio/no-tokens', 'A model of the server cannot be made to begin with a token.');
    const say = onSaid as ((parts: readonly AnswerPart[]) => void) | undefined;
    const body = {
      ...{ model: this.#model, stream: true, stream_options: { include_usage: true } },
      ...question,
      ...wireSampling(sampling),
    };
    const stops = signal === undefined ? [this.#stopped.signal] : [this.#stopped.signal, signal];
    try {
      const response = await reach(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.any(stops),
      });
      let reason: EndPart['reason'] = 'stop';
      for await (const data of eventData(response.body!)) {
        if (data === '[DONE]') break;
        const { choices = [], error, usage } = JSON.parse(data) as Chunk;
        if (error) throw new Problem('studio/no-answer', error.message);
        const [choice] = choices;
        if (choice?.finish_reason === 'length') reason = 'length';
        if (usage)
          say?.([
            {
              ...{ type: 'end', reason, omittedMessages: 0 },
              promptTokens: usage.prompt_tokens,
              completionTokens: usage.completion_tokens,
            },
          ]);
        const { content, reasoning_content: thinking } = choice?.delta ?? {};
        const text = content ?? choice?.text;
        if (thinking) say?.([{ type: 'thinking', text: thinking }]);
        if (text) say?.([{ type: 'text', text }]);
      }
    } catch (error) {
      // Stopped by a person: what was said stays.
      if (signal?.aborted !== true) throw error;
    }
    return undefined;
  }
}

interface Chunk {
  readonly choices?: readonly {
    readonly text?: string;
    readonly finish_reason?: string | null;
    readonly delta?: { readonly content?: string | null; readonly reasoning_content?: string };
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  readonly error?: { readonly message: string };
}

function wireMessage(message: ChatMessage): object {
  if (message.role === 'tool')
    return { role: 'tool', content: message.content, tool_call_id: message.toolCallId };
  if (message.role !== 'assistant') return { role: message.role, content: message.content };
  const calls = message.toolCalls?.map(({ id, name, arguments: text }) => ({
    ...{ id, type: 'function' },
    function: { name, arguments: text },
  }));
  return { role: 'assistant', content: message.content ?? '', ...(calls && { tool_calls: calls }) };
}

const wireSampling = (sampling: Sampling): object => ({
  temperature: sampling.temperature,
  top_k: sampling.topK,
  top_p: sampling.topP,
  min_p: sampling.minP,
  repetition_penalty: sampling.repetitionPenalty,
  max_tokens: sampling.maxNewTokens,
  seed: sampling.seed,
});

async function reach(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address(path), init);
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new Problem('studio/no-answer', 'The server does not answer. Is `llm studio` still running?');
  }
  if (response.ok) return response;
  const body = (await response.json().catch(() => undefined)) as Chunk | undefined;
  throw new Problem('studio/failed', body?.error?.message ?? `The server answered ${response.status}.`);
}
