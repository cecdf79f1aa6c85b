/** Goes on with a text, without a chat format. */
import { LlmError } from '@llm/core';
import type { AnswerOptions, AnswerPart } from '../assistant.js';
import { answerRow } from './answer-row.js';
import type { ChatSource } from './chat.js';
import { constraintOf } from './constraint.js';
import { checkAnswerOptions, samplingOptions } from './sampling.js';

export async function* complete(
  source: ChatSource & { readonly beginToken: number | undefined },
  given: string | Int32Array,
  options: AnswerOptions,
): AsyncGenerator<AnswerPart, void, undefined> {
  checkAnswerOptions(options);
  const { tokenizer, contextLength } = source;
  const stopTokens = [...source.stopTokens, ...(options.stopTokens ?? [])];
  const prompt = typeof given === 'string' ? promptOf(source, given) : given;
  if (prompt.length >= contextLength)
    throw new LlmError({
      code: 'assistant/prompt-too-long',
      message: `The text has ${prompt.length} tokens; the model sees ${contextLength} with what follows. Shorten it.`,
      details: { tokens: prompt.length, contextLength },
    });
  const room = contextLength - prompt.length;
  const { maxNewTokens = room, logProbabilities } = options;
  const row = answerRow(source, prompt, {
    ...samplingOptions(options, source.defaults),
    ...constraintOf(source, undefined, [], { ...options, stopTokens, isFirst: true }),
    vocabularySize: tokenizer.vocabularySize,
    maxNewTokens: Math.min(maxNewTokens, room),
    stopTokens,
    topLogProbabilities: logProbabilities,
    signal: options.signal,
    reports: logProbabilities !== undefined,
    reportsStop: options.reportStop,
    reader: { stop: options.stop },
  });
  let next = await row.next();
  try {
    for (; !next.done; next = await row.next()) if (next.value.type !== 'call') yield next.value;
  } finally {
    await row.return({ reason: 'stop', ids: [] });
  }
  const { reason, ids } = next.value;
  yield {
    type: 'end',
    reason: reason === 'length' && ids.length < maxNewTokens ? 'context' : reason,
    promptTokens: prompt.length,
    completionTokens: ids.length,
    omittedMessages: 0,
  };
}

/** An empty text begins with the token that begins texts: a model goes on from something. */
function promptOf(
  { tokenizer, beginToken }: ChatSource & { readonly beginToken: number | undefined },
  text: string,
): Int32Array {
  const ids = tokenizer.encode(text);
  return beginToken === undefined ? ids : Int32Array.from([beginToken, ...ids]);
}
