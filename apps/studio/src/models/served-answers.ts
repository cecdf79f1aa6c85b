/**
 * A model of the server's `/v1`, the OpenAI API, as parts of an answer, token by token. The API tells
 * the bytes of tokens, not their ids: here each gets a number of its own, so that one can go on from it.
 * Left out: tools of the page's own, and beginning a chat's answer, which the API has no way to ask for.
 */
import type { AnswerPart, ChatMessage, TokenReport } from '@llm/assistant';
import { type JsonValue, LlmError } from '@llm/core';
import { eventData } from './event-data.js';
import type { Sampling } from './model-calls.js';

/** The most likely tokens that are asked for. */
const alternatives = 6;

interface ChatToken {
  readonly bytes: readonly number[];
  readonly logprob: number;
}

interface Chunk {
  readonly choices: readonly {
    readonly text?: string | undefined;
    readonly delta?:
      | { readonly content?: string | undefined; readonly reasoning_content?: string | undefined }
      | undefined;
    readonly logprobs?:
      | {
          readonly content?: readonly (ChatToken & { readonly top_logprobs: readonly ChatToken[] })[];
          readonly tokens?: readonly string[];
          readonly token_logprobs?: readonly (number | null)[];
          readonly top_logprobs?: readonly (Readonly<Record<string, number>> | null)[];
        }
      | null
      | undefined;
    readonly finish_reason: string | null;
  }[];
  readonly usage?: { readonly prompt_tokens: number; readonly completion_tokens: number } | null;
  readonly error?: { readonly message?: string | undefined } | undefined;
}

export interface AnsweringOptions extends Sampling {
  /** Tokens that the answer begins with, by the numbers that they have here. */
  readonly begin: readonly number[];
  readonly signal: AbortSignal;
}

export class ServedAnswers {
  readonly #address: string;
  readonly #model: string;
  readonly #tokens = new Map<string, number>();
  readonly #written: Uint8Array[] = [];

  /** `address`: of `/v1/`. */
  constructor(address: string, model: string) {
    this.#address = address;
    this.#model = model;
  }

  async *chat(messages: readonly ChatMessage[], options: AnsweringOptions): AsyncGenerator<AnswerPart> {
    if (options.begin.length > 0)
      throw new LlmError({
        code: 'studio/cannot-begin',
        message: 'The server’s API cannot be told how an answer begins: go on in the document instead.',
      });
    const body = { messages: messages.map(wireMessage), logprobs: true, top_logprobs: alternatives };
    yield* this.#ask('chat/completions', body, options);
  }

  async *complete(text: string, options: AnsweringOptions): AsyncGenerator<AnswerPart> {
    const begun = options.begin.map((id) => this.#written[id]!);
    const prompt = text + new TextDecoder().decode(joined(begun));
    yield* this.#ask('completions', { prompt, logprobs: alternatives }, options);
  }

  async *#ask(
    path: string,
    body: Readonly<Record<string, unknown>>,
    { signal, ...sampling }: AnsweringOptions,
  ): AsyncGenerator<AnswerPart> {
    const response = await fetch(`${this.#address}${path}`, {
      ...{ method: 'POST', signal, headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({
        ...{ ...body, ...wireSampling(sampling), model: this.#model },
        ...{ stream: true, stream_options: { include_usage: true } },
      }),
    });
    if (!response.ok || response.body === null) throw failed(await messageIn(response));
    let usage: Chunk['usage'];
    let reason: string | null = null;
    for await (const data of eventData(response.body)) {
      if (data === '[DONE]') break;
      const chunk = JSON.parse(data) as Chunk;
      if (chunk.error !== undefined) throw failed(chunk.error.message ?? 'no reason given');
      usage = chunk.usage ?? usage;
      const [choice] = chunk.choices;
      if (choice === undefined) continue;
      const text = choice.text ?? choice.delta?.content ?? '';
      const thought = choice.delta?.reasoning_content ?? '';
      const tokens = this.#reported(choice.logprobs ?? undefined);
      if (thought !== '') yield { type: 'thinking', text: thought };
      if (text !== '') yield { type: 'text', text };
      if (tokens.length > 0) yield { type: 'tokens', tokens };
      reason = choice.finish_reason ?? reason;
    }
    yield {
      ...{ type: 'end', reason: reason === 'length' ? 'length' : 'stop', omittedMessages: 0 },
      promptTokens: usage?.prompt_tokens ?? 0,
      completionTokens: usage?.completion_tokens ?? 0,
    };
  }

  #reported(logprobs: Chunk['choices'][number]['logprobs']): TokenReport[] {
    if (logprobs == null) return [];
    if (logprobs.content !== undefined)
      return logprobs.content.map((token) => ({
        ...this.#token(token),
        top: token.top_logprobs.map((each) => this.#token(each)),
      }));
    // The older endpoint tells texts; one that begins so holds the bytes of a part of a character.
    return (logprobs.tokens ?? []).map((text, at) => ({
      ...this.#token({ bytes: bytesOf(text), logprob: logprobs.token_logprobs?.[at] ?? Number.NaN }),
      top: Object.entries(logprobs.top_logprobs?.[at] ?? {})
        .map(([other, logprob]) => this.#token({ bytes: bytesOf(other), logprob }))
        .sort((a, b) => b.logProbability - a.logProbability),
    }));
  }

  #token({ bytes, logprob }: ChatToken): Omit<TokenReport, 'top'> {
    const key = bytes.join(' ');
    let id = this.#tokens.get(key);
    if (id === undefined) {
      id = this.#written.push(Uint8Array.from(bytes)) - 1;
      this.#tokens.set(key, id);
    }
    return { id, bytes: this.#written[id]!, logProbability: logprob };
  }
}

function bytesOf(text: string): number[] {
  const hex = /^bytes:((?:\\x[0-9a-f]{2})+)$/.exec(text)?.[1];
  return hex === undefined
    ? [...new TextEncoder().encode(text)]
    : hex
        .split('\\x')
        .slice(1)
        .map((pair) => Number.parseInt(pair, 16));
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

async function messageIn(response: Response): Promise<string> {
  const body = (await response.json().catch(() => undefined)) as
    | { readonly error?: { readonly message?: JsonValue } }
    | undefined;
  return String(body?.error?.message ?? `the server answered ${response.status}`);
}

const failed = (message: string): LlmError =>
  new LlmError({ code: 'studio/server-failed', message: `The server’s model did not answer: ${message}` });

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
