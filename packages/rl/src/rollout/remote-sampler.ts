/**
 * Rollouts from an OpenAI-compatible endpoint that tells ids and log-probabilities: `llm serve`, vLLM,
 * llama.cpp's server. A request for each answer, several at a time (servers share prompts and batches among
 * them), tried again where the server is busy or gone; an answer that does not come in spite of that is an
 * empty one, counted and not learnt from. Log-probabilities are those of the drawing, at temperature 1.
 * Left out: streams, temperatures in log-probabilities, weights sent to the server.
 */
import type { Completion, GenerateOptions, JsonEndpointOptions } from '@llm/core';
import { checkGenerateOptions, checkNumbers, createJsonEndpoint, createRandom, LlmError } from '@llm/core';
import { remoteAnswer } from './remote-answer.js';
import type { Sampler, SamplerStatistics } from './sampler.js';

export interface RemoteSamplerOptions extends Omit<JsonEndpointOptions, 'signal'> {
  /** By which the server knows it. */
  readonly model: string;
  /** As the policy's: the server's prompts and answers are its ids. */
  readonly vocabularySize: number;
  /** Prompt and answer. */
  readonly contextLength: number;
  /** Answers asked for at the same time. Default 16. */
  readonly concurrency?: number | undefined;
  /** Answers in a row that do not come, after which the server is given up. Default 8. */
  readonly maximumFailures?: number | undefined;
}

/**
 * Throws `core/option-invalid`, `rl/endpoint-invalid`. `generate` refuses by name what a server cannot do
 * (`core/option-invalid`: `forceTokens`, `allowedTokens`, `onToken`, `topLogProbabilities`), rejects with
 * `rl/endpoint-refused` where the server refuses a request, with the last failure where too many answers in a
 * row did not come, `rl/endpoint-unreachable` or `rl/endpoint-inexact` (no ids, no log-probabilities).
 */
export function createRemoteSampler(options: RemoteSamplerOptions): Sampler {
  const count = { minimum: 1, integer: true };
  checkNumbers(options, {
    vocabularySize: count,
    contextLength: count,
    concurrency: count,
    maximumFailures: count,
  });
  const { model, vocabularySize, contextLength, concurrency = 16, maximumFailures = 8 } = options;
  const statistics = { answers: 0, retries: 0, failures: 0, lastFailure: undefined as string | undefined };
  const endpoint = createJsonEndpoint(options, {
    path: 'completions',
    stage: 'rl',
    onRetry: () => void statistics.retries++,
  });
  let failuresInARow = 0;

  async function answer(
    prompt: Int32Array,
    row: number,
    given: GenerateOptions,
    signal: AbortSignal,
  ): Promise<Completion> {
    const { stopTokens = [] } = given;
    const maxNewTokens = Math.min(given.maxNewTokens, contextLength - prompt.length);
    const nothing = empty(prompt.length >= contextLength ? 'context' : 'length');
    if (maxNewTokens <= 0) return nothing;
    const fail = (problem: LlmError): Completion => {
      statistics.failures++;
      statistics.lastFailure = problem.message;
      if (++failuresInARow >= maximumFailures) throw problem;
      return nothing;
    };
    let json: unknown;
    try {
      json = await endpoint.ask(requestOf(model, prompt, row, { ...given, maxNewTokens }), signal);
    } catch (error) {
      const isOver = LlmError.isInstance(error) && isBusy(error);
      if (!isOver || signal.aborted) throw error;
      return fail(error);
    }
    const drawable = Math.min(vocabularySize, given.vocabularySize ?? vocabularySize);
    const completion = remoteAnswer(json, { maxNewTokens, stopTokens, vocabularySize: drawable });
    if (typeof completion === 'string')
      return fail(
        new LlmError({
          code: 'rl/endpoint-inexact',
          message: `An answer of ${endpoint.address} cannot be learnt from: ${completion}. Ask a server that tells ids and log-probabilities: llm serve, vLLM, llama.cpp.`,
        }),
      );
    statistics.answers++;
    failuresInARow = 0;
    const isFull = completion.ids.length === maxNewTokens && maxNewTokens < given.maxNewTokens;
    return isFull && completion.stopReason === 'length'
      ? { ...completion, stopReason: 'context' }
      : completion;
  }

  return {
    vocabularySize,
    contextLength,
    forcesTokens: false,
    get statistics(): SamplerStatistics {
      return { ...statistics };
    },
    async generate(prompts, given) {
      checkGenerateOptions(given, vocabularySize);
      refuseUnsupported(given);
      const stop = new AbortController();
      const signal = given.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, given.signal]);
      const completions: Completion[] = [];
      let next = 0;
      const work = async (): Promise<void> => {
        while (next < prompts.length) {
          const row = next++;
          completions[row] = await answer(prompts[row]!, row, given, signal);
        }
      };
      try {
        await Promise.all(Array.from({ length: Math.min(concurrency, prompts.length) }, work));
      } catch (error) {
        // The others are of no use any more: the server is to end them.
        stop.abort(error);
        throw error;
      }
      return completions;
    },
  };
}

/** After all tries: a server that was busy or gone, not one that understood and refused. */
function isBusy({ code, details }: LlmError): boolean {
  if (code === 'rl/endpoint-unreachable') return true;
  const { status } = details;
  return code === 'rl/endpoint-refused' && typeof status === 'number' && (status === 429 || status >= 500);
}

const empty = (stopReason: Completion['stopReason']): Completion => ({
  ids: new Int32Array(0),
  logProbabilities: new Float32Array(0),
  forced: new Uint8Array(0),
  stopReason,
});

/** All that servers would choose otherwise is said: their defaults cut the distribution short. */
function requestOf(model: string, prompt: Int32Array, row: number, options: GenerateOptions): object {
  const { topK = 0, logitBias } = options;
  return {
    model,
    prompt: Array.from(prompt),
    max_tokens: options.maxNewTokens,
    temperature: options.temperature ?? 1,
    top_p: options.topP ?? 1,
    top_k: topK === 0 ? -1 : topK,
    min_p: 0,
    repetition_penalty: 1,
    frequency_penalty: options.frequencyPenalty ?? 0,
    presence_penalty: options.presencePenalty ?? 0,
    ...(logitBias !== undefined && logitBias.size > 0 && { logit_bias: Object.fromEntries(logitBias) }),
    // 31 bits, which every server reads.
    seed: createRandom(options.seed ?? 0, 'remote', row).uint32() >>> 1,
    stop_token_ids: options.stopTokens ?? [],
    // One more than the drawn token's own: llama.cpp tells none for 0.
    logprobs: 1,
    return_token_ids: true,
  };
}

function refuseUnsupported(options: GenerateOptions): void {
  const { topLogProbabilities = 0 } = options;
  const given = (['forceTokens', 'allowedTokens', 'onToken'] as const).find(
    (name) => options[name] !== undefined,
  );
  const option = given ?? (topLogProbabilities > 0 ? 'topLogProbabilities' : undefined);
  if (option !== undefined)
    throw new LlmError({
      code: 'core/option-invalid',
      message: `${option} is given, and an endpoint has no such thing; leave it out.`,
      details: { option },
    });
}
