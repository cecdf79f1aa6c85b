/** Through a real server: the same parts as the model itself gives. */
import { type AnswerPart, type Assistant, createAssistant, type TokenReport } from '@llm/assistant';
import { serve } from '@llm/assistant/server/node';
import { createNodeExecutor } from '@llm/graph/node';
import { createModelConfig, createTransformer } from '@llm/model';
import { chatSpecialTokens, chatTemplate, trainTokenizer } from '@llm/tokenizer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServedAnswers } from './served-answers.js';

const signal = new AbortController().signal;
const sampling = { temperature: 0, maxNewTokens: 12 };
let assistant: Assistant;
let server: Awaited<ReturnType<typeof serve>>;
let served: ServedAnswers;
beforeAll(async () => {
  const tokenizer = await trainTokenizer(['naïve façade, 你好 🐚 '.repeat(9)], {
    ...{ vocabularySize: 280, specialTokens: chatSpecialTokens },
  });
  const config = createModelConfig({ depth: 1, width: 64, vocabularySize: 280, contextLength: 128 });
  const executor = createNodeExecutor({ threads: 1 });
  const model = await createTransformer({ config, executor, seed: 3 });
  const tokenizerConfig = { chatTemplate, tokens: {} };
  assistant = await createAssistant({ name: 'tiny', model, tokenizer, tokenizerConfig, stopTokens: [] });
  server = await serve({ assistants: [assistant], port: 0 });
  served = new ServedAnswers(`${server.url}/v1/`, 'tiny');
});
afterAll(async () => {
  await server.stop();
  await assistant.dispose();
});

async function gathered(parts: AsyncIterable<AnswerPart>) {
  let text = '';
  const tokens: TokenReport[] = [];
  let end: AnswerPart | undefined;
  for await (const part of parts) {
    if (part.type === 'text' || part.type === 'thinking') text += part.text;
    else if (part.type === 'tokens') tokens.push(...part.tokens);
    else if (part.type === 'end') end = part;
  }
  return { text, end, tokens };
}
const figures = (tokens: readonly TokenReport[]) =>
  tokens.map(({ bytes, logProbability, top }) => ({
    bytes: [...bytes],
    logProbability: logProbability.toFixed(4),
    top: top.slice(0, 5).map((each) => [[...each.bytes], each.logProbability.toFixed(4)]),
  }));

test('a chat: text, tokens with their bytes and probabilities, and how it ended', async () => {
  const messages = [{ role: 'user', content: 'naïve?' }] as const;
  const expected = await gathered(assistant.chat(messages, { ...sampling, logProbabilities: 6 }));
  const found = await gathered(served.chat(messages, { ...sampling, begin: [], signal }));
  expect(found.text).toBe(expected.text);
  expect(figures(found.tokens)).toEqual(figures(expected.tokens));
  expect(found.end).toEqual(expected.end);
  await expect(gathered(served.chat(messages, { ...sampling, begin: [1], signal }))).rejects.toThrow(
    /cannot be told how an answer begins/,
  );
});

test('a document, and going on from another token of it', async () => {
  const expected = await gathered(assistant.complete('façade ', { ...sampling, logProbabilities: 6 }));
  const found = await gathered(served.complete('façade ', { ...sampling, begin: [], signal }));
  expect(found.text).toBe(expected.text);
  expect(figures(found.tokens)).toEqual(figures(expected.tokens));
  const kept = found.tokens.slice(0, 2).map(({ id }) => id);
  const bytes = found.tokens.slice(0, 2).flatMap((token) => [...token.bytes]);
  const prompt = `façade ${new TextDecoder().decode(Uint8Array.from(bytes))}`;
  const next = await gathered(served.complete('façade ', { ...sampling, begin: kept, signal }));
  expect(next.text).toBe((await gathered(assistant.complete(prompt, sampling))).text);
});

test('what the server refuses is told', async () => {
  const other = new ServedAnswers(`${server.url}/v1/`, 'none');
  await expect(gathered(other.complete('x', { ...sampling, begin: [], signal }))).rejects.toThrow(/none/);
});
