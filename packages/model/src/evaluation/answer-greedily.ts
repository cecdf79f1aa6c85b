/** The model's most likely text after each prompt, up to a stop string or the end of the document. */
import { type LanguageModel, type Tokenizer, throwIfAborted } from '@llm/core';
import { documentEnds, withBos } from '../feed/bos-token.js';
import { StopStringGate } from '../generation/stop-strings.js';
import type { LeftOut } from './left-out.js';

export interface GreedyQuestion {
  readonly prompt: string;
  readonly maxNewTokens: number;
  readonly stopStrings: readonly string[];
}

export interface GreedyAnswer {
  readonly text: string;
  /** The beginning of the prompt was cut off. */
  readonly truncated: boolean;
}

interface AnswerOptions {
  readonly bosToken: number | null;
  /** Prompts continued together. */
  readonly rows: number;
  readonly signal: AbortSignal | undefined;
}

/** Why the question cannot be answered, or undefined: a prompt that is too long loses its beginning. */
export function unanswerable(
  { prompt, maxNewTokens }: GreedyQuestion,
  tokenizer: Tokenizer,
  bosToken: number | null,
  contextLength: number,
): LeftOut | undefined {
  if (contextLength - maxNewTokens < 1)
    return {
      reason: 'too-long',
      message: `an answer of ${maxNewTokens} tokens leaves no room for a question, the window holds ${contextLength}`,
    };
  if (withBos(bosToken, tokenizer.encode(prompt)).length > 0) return undefined;
  return { reason: 'empty', message: 'its prompt has no token' };
}

/** Each question can be answered, see `unanswerable`. */
export async function answerGreedily(
  model: LanguageModel,
  tokenizer: Tokenizer,
  questions: readonly GreedyQuestion[],
  options: AnswerOptions,
): Promise<GreedyAnswer[]> {
  const { bosToken, rows, signal } = options;
  const prompts = questions.map(({ prompt }) => withBos(bosToken, tokenizer.encode(prompt)));
  const answers = new Array<GreedyAnswer>(questions.length);
  const order = [...prompts.keys()].sort((a, b) => prompts[b]!.length - prompts[a]!.length);
  for (let first = 0; first < order.length; first += rows) {
    throwIfAborted(signal);
    const members = order.slice(first, first + rows);
    const maxNewTokens = Math.max(...members.map((index) => questions[index]!.maxNewTokens));
    const room = model.contextLength - maxNewTokens;
    const texts = await textsAfter(
      model,
      tokenizer,
      members.map((index) => prompts[index]!.slice(-room)),
      members.map((index) => questions[index]!),
      options,
    );
    for (const [row, index] of members.entries())
      answers[index] = { text: texts[row]!, truncated: prompts[index]!.length > room };
  }
  return answers;
}

/** Ends when every row has met a stop string. */
async function textsAfter(
  model: LanguageModel,
  tokenizer: Tokenizer,
  prompts: readonly Int32Array[],
  questions: readonly GreedyQuestion[],
  { bosToken, signal }: AnswerOptions,
): Promise<string[]> {
  const stopTokens = documentEnds(tokenizer, bosToken);
  const enough = new AbortController();
  const either = signal ? AbortSignal.any([signal, enough.signal]) : enough.signal;
  const rows = questions.map(({ stopStrings }) => ({
    text: '',
    tokens: 0,
    done: false,
    gate: new StopStringGate(stopStrings),
    bytes: new TextDecoder('utf-8', { ignoreBOM: true }),
  }));
  const onToken = (row: number, id: number): void => {
    const state = rows[row]!;
    if (state.done) return;
    state.tokens++;
    state.text += state.gate.push(state.bytes.decode(tokenizer.decodeBytes([id]), { stream: true }));
    state.done = state.gate.found || stopTokens.includes(id) || state.tokens >= questions[row]!.maxNewTokens;
    if (rows.every(({ done }) => done)) enough.abort();
  };
  try {
    const maxNewTokens = Math.max(...questions.map((question) => question.maxNewTokens));
    await model.generate(prompts, {
      maxNewTokens,
      temperature: 0,
      vocabularySize: tokenizer.vocabularySize,
      stopTokens,
      signal: either,
      onToken,
    });
  } catch (reason) {
    if (!enough.signal.aborted || signal?.aborted) throw reason;
  }
  return rows.map(({ text, gate, bytes }) => text + gate.push(bytes.decode()) + gate.flush());
}
