/** A model of the server's own (`llm studio --model`), asked with the calls that a worker takes. */
import type { AnswerPart } from '@llm/assistant';
import { ask, Problem } from '../store/ask.js';
import { isStatic } from '../store/site.js';
import type { ServerModel } from '../wire/index.js';
import type { CallOptions } from '../workers/worker-calls.js';
import type { AnsweringModel, ModelCalls } from './model-calls.js';
import { ServedAnswers } from './served-answers.js';

/** What the server computes; nothing where there is no server. */
export async function servedModels(signal: AbortSignal): Promise<readonly ServerModel[]> {
  return isStatic ? [] : ask<readonly ServerModel[]>('models', { signal });
}

type Call<Name extends keyof ModelCalls> = (
  takes: ModelCalls[Name]['takes'],
  options: CallOptions<never>,
) => Promise<ModelCalls[Name]['gives']>;

export class ServedModel {
  readonly #model: string;
  readonly #answers: ServedAnswers;
  readonly #stopped = new AbortController();

  constructor(model: string) {
    this.#model = model;
    this.#answers = new ServedAnswers(new URL('v1/', document.baseURI).href, model);
  }

  call<Name extends keyof ModelCalls & string>(
    name: Name,
    takes: ModelCalls[Name]['takes'],
    options: CallOptions<ModelCalls[Name]['says']> = {},
  ): Promise<ModelCalls[Name]['gives']> {
    const calls: { readonly [Each in keyof ModelCalls]: Call<Each> } = {
      load: () => this.#load(),
      chat: ({ messages, sampling, begin }, given) =>
        this.#tell((signal) => this.#answers.chat(messages, { ...sampling, begin, signal }), given),
      complete: ({ text, sampling, begin }, given) =>
        this.#tell((signal) => this.#answers.complete(text, { ...sampling, begin, signal }), given),
    };
    return (calls[name] as Call<Name>)(takes, options as CallOptions<never>);
  }

  stop(): void {
    this.#stopped.abort();
  }

  async #load(): Promise<AnsweringModel> {
    const models = await servedModels(this.#stopped.signal);
    const found = models.find(({ name }) => name === this.#model);
    if (found === undefined)
      throw new Problem('studio/model-missing', `The server has no model “${this.#model.slice(0, 200)}”.`);
    const { name, canChat, contextLength, parameterCount, defaults } = found;
    const figures = { name, canChat, contextLength, parameterCount, defaults };
    return { ...figures, runsOn: 'the server', tools: [], canBegin: false };
  }

  async #tell(
    answer: (signal: AbortSignal) => AsyncGenerator<AnswerPart>,
    { onSaid, signal }: CallOptions<never>,
  ): Promise<undefined> {
    const say = onSaid as ((parts: readonly AnswerPart[]) => void) | undefined;
    const stops = signal === undefined ? [this.#stopped.signal] : [this.#stopped.signal, signal];
    try {
      for await (const part of answer(AbortSignal.any(stops))) say?.([part]);
    } catch (error) {
      // Stopped by a person: what was said stays.
      if (signal?.aborted !== true) throw error;
    }
    return undefined;
  }
}
