/**
 * A choice of `/v1/completions` as ids and log-probabilities. Which servers say them how:
 *   vLLM, `llm serve`   `token_ids` (asked for by `return_token_ids`) beside `logprobs.token_logprobs`
 *   llama.cpp           `logprobs.content[]` of `id` and `logprob`
 * Text alone is not enough: another split of it into tokens has another probability.
 */
import type { Completion } from '@llm/core';
import { describeValue } from '@llm/core';

export interface RemoteAnswerRules {
  readonly maxNewTokens: number;
  readonly stopTokens: readonly number[];
  /** Ids from here on are none of the tokenizer's. */
  readonly vocabularySize: number;
}

/** Log-probabilities of rounded kernels may lie this far above 0. */
const rounding = 1e-3;

/** A text: what is wrong with the answer. It ends at the first stop token, wherever the server ended it. */
export function remoteAnswer(json: unknown, rules: RemoteAnswerRules): Completion | string {
  const { choices, usage } = (json ?? {}) as { choices?: unknown; usage?: { completion_tokens?: unknown } };
  const choice = (Array.isArray(choices) ? choices[0] : undefined) as Choice | undefined;
  if (choice === undefined || choice === null) return 'it has no choices[0]';
  const tokens = tokensOf(choice);
  if (typeof tokens === 'string') return tokens;
  const [ids, scores] = tokens;
  const told = usage?.completion_tokens;
  if (typeof told === 'number' && told > ids.length)
    return `it counts ${told} tokens and tells ${ids.length}: the one that ended it, or its probability, is missing`;
  if (ids.length === 0) return 'it has no tokens';
  const stop = ids.findIndex((id) => rules.stopTokens.includes(id));
  const length = Math.min(stop < 0 ? ids.length : stop + 1, rules.maxNewTokens);
  for (let i = 0; i < length; i++) {
    const [id, score] = [ids[i], scores[i]];
    if (!Number.isInteger(id) || id! < 0 || id! >= rules.vocabularySize)
      return `token ${i} is ${describeValue(id)}, and ids go from 0 to ${rules.vocabularySize - 1}`;
    if (typeof score !== 'number' || !Number.isFinite(score) || score > rounding)
      return `the log-probability of token ${i} is ${describeValue(score)}`;
  }
  return {
    ids: Int32Array.from(ids.slice(0, length)),
    logProbabilities: Float32Array.from(scores.slice(0, length), (score) => Math.min(0, score)),
    forced: new Uint8Array(length),
    // An end that is the server's and not the policy's cuts the answer off.
    stopReason: stop >= 0 && stop < rules.maxNewTokens ? 'stop' : 'length',
  };
}

interface Choice {
  readonly token_ids?: unknown;
  readonly logprobs?: { readonly token_logprobs?: unknown; readonly content?: unknown } | null;
}

function tokensOf({ token_ids: ids, logprobs }: Choice): [number[], number[]] | string {
  if (Array.isArray(logprobs?.content)) {
    const content = logprobs.content as readonly { id?: number; logprob?: number }[];
    return [content.map((each) => each?.id as number), content.map((each) => each?.logprob as number)];
  }
  const scores = logprobs?.token_logprobs;
  if (!Array.isArray(ids)) return 'it has no token_ids (asked for by return_token_ids: true)';
  if (!Array.isArray(scores)) return 'it has no logprobs.token_logprobs (asked for by logprobs)';
  if (ids.length !== scores.length) return `it has ${ids.length} ids and ${scores.length} log-probabilities`;
  return [ids as number[], scores as number[]];
}
