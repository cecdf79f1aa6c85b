/** `POST /v1/completions`: goes on with texts, and scores given ones (`echo` with `logprobs`). */
import type { JsonValue } from '@llm/core';
import type { AnswerPart, Assistant } from '../../assistant.js';
import {
  type CompletionShape,
  completionAnswer,
  completionChunks,
  type EchoedPrompt,
} from '../answers/completion-answer.js';
import type { ScoredToken } from '../answers/token-shapes.js';
import { invalidRequest } from '../api-error.js';
import { choiceSeed } from '../requests/answer-options.js';
import { type CompletionRequest, completionRequest } from '../requests/completion-request.js';
import type { RunningRequest } from '../running-requests.js';
import { promptScores } from '../scoring/prompt-scores.js';
import type { ServerState } from '../server-state.js';
import { answerRequest, checkChoices, newId, secondsNow } from './answer-request.js';
import { findAssistant } from './find-assistant.js';

export async function completions(
  state: ServerState,
  request: RunningRequest,
  body: JsonValue,
): Promise<Response> {
  const asked = completionRequest(body);
  const { fields, options, echo } = asked;
  const assistant = findAssistant(state, fields.model);
  const count = checkChoices(state, fields, asked.prompts.length);
  const prompts = asked.prompts.map((prompt, index) => promptIds(assistant, prompt, index));
  const isGreedyToken = takesGreedyToken(asked);
  const scores =
    echo && options.logProbabilities !== undefined
      ? await scoreAll(state, request, assistant, prompts, options.logProbabilities, isGreedyToken)
      : undefined;
  const shape: CompletionShape = {
    id: newId('cmpl'),
    created: secondsNow(),
    model: fields.model,
    echoed: echo
      ? prompts.map((ids, index): EchoedPrompt => {
          const tokens = scores?.[index]?.slice(0, ids.length) ?? [];
          return { ...echoOf(assistant, asked.prompts[index]!, ids), tokens };
        })
      : undefined,
    prompts: prompts.length,
    choicesPerPrompt: count,
    tokenizer: assistant.tokenizer,
    logProbabilities: options.logProbabilities !== undefined,
    tokenIds: options.reportStop === true ? prompts : undefined,
    includeUsage: fields.stream_options?.include_usage ?? false,
  };
  return answerRequest(state, request, {
    route: '/v1/completions',
    fields,
    logProbabilities: shape.logProbabilities,
    choices: prompts.flatMap((ids, index) =>
      Array.from({ length: count }, (_, choice) => () => {
        if (options.maxNewTokens === 0) return nothing(ids);
        if (scores !== undefined && isGreedyToken) return lastToken(assistant, ids, scores[index]!.at(-1)!);
        const seed = choiceSeed(fields.seed, choice);
        return assistant.complete(ids, { ...options, seed, signal: request.signal });
      }),
    ),
    whole: (pieces) => completionAnswer(shape, pieces),
    chunks: (pieces) => completionChunks(shape, pieces),
  });
}

/**
 * The whole prompt is the caller's, so the text of a special token is that token, as in the servers of
 * llama.cpp and vLLM; in messages of a chat it never is.
 */
function promptIds(assistant: Assistant, prompt: string | readonly number[], index: number): Int32Array {
  if (typeof prompt === 'string') {
    const { beginToken, tokenizer } = assistant;
    const written = tokenizer.encode(prompt, { allowSpecial: true });
    const ids = isBegun(written, beginToken) ? written : Int32Array.from([beginToken!, ...written]);
    if (ids.length === 0) throw invalidRequest(`prompt[${index}]`, 'The prompt is empty.');
    return ids;
  }
  const { vocabularySize } = assistant.model;
  const unknown = prompt.find((id) => id >= vocabularySize);
  if (unknown === undefined) return Int32Array.from(prompt);
  const message = `The prompt has the token ${unknown}; ids go from 0 to ${vocabularySize - 1}.`;
  throw invalidRequest(`prompt[${index}]`, message);
}

/** A text may be written with the token that begins texts. */
function isBegun(ids: Int32Array, beginToken: number | undefined): boolean {
  return beginToken === undefined || ids[0] === beginToken;
}

/** A text is told as it was given, without the token that begins it. */
function echoOf(
  { tokenizer, beginToken }: Assistant,
  prompt: string | readonly number[],
  ids: Int32Array,
): Omit<EchoedPrompt, 'tokens'> {
  if (typeof prompt !== 'string') return { text: tokenizer.decode(ids), hidden: 0 };
  const begin = beginToken === undefined ? '' : tokenizer.decode([beginToken]);
  return { text: prompt, hidden: prompt.startsWith(begin) ? 0 : begin.length };
}

/** The next token is then the most likely one, which scoring the prompt tells already. */
function takesGreedyToken({ options }: CompletionRequest): boolean {
  return (
    options.maxNewTokens === 1 &&
    options.temperature === 0 &&
    options.logitBias === undefined &&
    (options.repetitionPenalty ?? 1) === 1
  );
}

/** One after the other: each takes all processors. */
async function scoreAll(
  state: ServerState,
  request: RunningRequest,
  assistant: Assistant,
  prompts: readonly Int32Array[],
  top: number,
  next: boolean,
): Promise<ScoredToken[][]> {
  const leave = await state.scoring.enter(1, request.signal);
  try {
    const scored: ScoredToken[][] = [];
    for (const ids of prompts)
      scored.push(
        await promptScores(assistant.model, ids, {
          top,
          drawable: assistant.tokenizer.vocabularySize,
          next,
          maximumBytes: state.limits.scoringBytes,
          signal: request.signal,
        }),
      );
    return scored;
  } finally {
    leave();
  }
}

/** `max_tokens: 0`: the prompt and no more. */
async function* nothing(ids: Int32Array): AsyncGenerator<AnswerPart, void, undefined> {
  yield { type: 'end', reason: 'length', promptTokens: ids.length, completionTokens: 0, omittedMessages: 0 };
}

async function* lastToken(
  assistant: Assistant,
  ids: Int32Array,
  { id, logProbability, top }: ScoredToken,
): AsyncGenerator<AnswerPart, void, undefined> {
  const isStop = assistant.stopTokens.includes(id);
  const { tokenizer } = assistant;
  const reported = (each: { readonly id: number; readonly logProbability: number }) => ({
    ...each,
    bytes: tokenizer.tokenBytes(each.id),
  });
  yield { type: 'text', text: isStop ? '' : tokenizer.decode([id]) };
  yield {
    type: 'tokens',
    tokens: [{ ...reported({ id, logProbability: logProbability! }), top: top.map(reported) }],
  };
  const reason = isStop ? 'stop' : 'length';
  yield { type: 'end', reason, promptTokens: ids.length, completionTokens: 1, omittedMessages: 0 };
}
