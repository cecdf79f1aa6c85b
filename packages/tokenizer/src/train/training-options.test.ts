/** Workers, memory budget, resume, cancel, seed vocabulary: the result is that of a plain run. */
import { LlmError, type RunEvent } from '@llm/core';
import { expect, test } from 'vitest';
import { loadEncoding } from '../encodings/load-encoding.js';
import { toTokenizerJson } from '../formats/write-tokenizer-json.js';
import { createCountingWorkers } from '../node/index.js';
import { trainTokenizer } from './train-tokenizer.js';

// Slow: tokenizers are trained in worker threads and within memory budgets

const nouns = ['fox', 'dog', 'river', 'mountain', 'лиса', '河流', 'élève'];
const documents = Array.from({ length: 60 }, (_, i) =>
  `The ${nouns[i % 7]} number ${i} saw ${i * 37} ${nouns[(i * 3) % 7]}s by the ${nouns[(i * 5) % 7]}.\n`.repeat(
    1 + (i % 4),
  ),
);
const options = { vocabularySize: 420, specialTokens: ['<|bos|>'] };
const expected = toTokenizerJson(await trainTokenizer(documents, options));

test.each([1, 2, 3])('%i workers learn the same', async (workers) => {
  const createCountingBackend = createCountingWorkers({ workers });
  const tokenizer = await trainTokenizer(documents, { ...options, createCountingBackend });
  expect(toTokenizerJson(tokenizer)).toBe(expected);
});

test('a failing worker is an error, not a hang', async () => {
  const createCountingBackend = (): ReturnType<ReturnType<typeof createCountingWorkers>> =>
    createCountingWorkers({ workers: 1 })('(((');
  await expect(trainTokenizer(documents, { ...options, createCountingBackend })).rejects.toThrow(
    'not closed',
  );
});

test('one long text is cut for counting without a trace', async () => {
  const text = documents.join('').repeat(1000);
  const long = await trainTokenizer([text], options);
  const scaled = await trainTokenizer(
    Array.from({ length: 1000 }, () => documents.join('')),
    options,
  );
  expect(text.length).toBeGreaterThan(1 << 22);
  expect(toTokenizerJson(long)).toBe(toTokenizerJson(scaled));
});

test('counting resumes from its last checkpoint with the same result', async () => {
  const saved: Uint8Array[] = [];
  const controller = new AbortController();
  const interrupted = trainTokenizer(documents, {
    ...options,
    checkpointEvery: 7,
    onCheckpoint: (snapshot) => {
      saved.push(snapshot);
      if (saved.length === 3) controller.abort();
    },
    signal: controller.signal,
  });
  await expect(interrupted).rejects.toThrow('abort');
  const resumed = await trainTokenizer(documents, { ...options, resumeFrom: saved.at(-1)! });
  expect(toTokenizerJson(resumed)).toBe(expected);
  const codeOf = (snapshot: Uint8Array, pattern: 'gpt2' | 'cl100k' = 'cl100k'): Promise<string> =>
    trainTokenizer(documents, { ...options, pattern, resumeFrom: snapshot }).then(
      () => 'no error',
      (error: unknown) => (LlmError.isInstance(error) ? error.code : 'untyped'),
    );
  expect(await codeOf(saved[0]!.subarray(0, 500))).toBe('tokenizer/snapshot-invalid');
  expect(await codeOf(new Uint8Array(3))).toBe('tokenizer/snapshot-invalid');
  expect(await codeOf(saved[0]!, 'gpt2')).toBe('tokenizer/snapshot-invalid');
  const withHeader = (change: (header: string) => string): Uint8Array => {
    const file = Buffer.from(saved[0]!);
    const length = file.readUInt32LE(0);
    const header = change(file.toString('latin1', 4, 4 + length).trimEnd()).padEnd(length, ' ');
    return Buffer.concat([file.subarray(0, 4), Buffer.from(header, 'latin1'), file.subarray(4 + length)]);
  };
  expect(await codeOf(withHeader((header) => header))).toBe('no error');
  for (const [from, to] of [
    [/.*/, 'null'],
    [/"pieces":\d+/, '"pieces":-1'],
    [/"pieces":\d/, '"pieces":.'],
    [/"documents":\d+/, '"documents":""'],
    [/"textBytes":\d+/, '"textBytes":0.5'],
  ] as const)
    expect(await codeOf(withHeader((header) => header.replace(from, to)))).toBe('tokenizer/snapshot-invalid');
});

test('a memory budget forgets rare pieces and says so', async () => {
  const events: RunEvent[] = [];
  const rare = Array.from(
    { length: 60_000 },
    (_, i) =>
      `w${String.fromCharCode(...[...i.toString(24)].map((digit) => 97 + Number.parseInt(digit, 24)))}q `,
  ).join('');
  const texts = [...documents, ...Array.from({ length: 90 }, () => rare.slice(0, 30_000)), rare, rare];
  const tokenizer = await trainTokenizer(texts, {
    ...options,
    memoryBudget: 1_500_000,
    onEvent: (event) => events.push(event),
  });
  expect(tokenizer.vocabularySize).toBe(420);
  expect(events.filter((event) => event.type === 'warning').map(({ code }) => code)).toContain(
    'tokenizer/pieces-pruned',
  );
});

test('a seed vocabulary keeps its ids and is extended', async () => {
  const seedVocabulary = await trainTokenizer(documents.slice(0, 30), { vocabularySize: 300 });
  const tokenizer = await trainTokenizer(documents, { vocabularySize: 360, seedVocabulary });
  expect(tokenizer.vocabularySize).toBe(360);
  for (let id = 0; id < 300; id++) expect(tokenizer.tokenBytes(id)).toEqual(seedVocabulary.tokenBytes(id));
  const text = documents.join('');
  expect(tokenizer.countTokens(text)).toBeLessThan(seedVocabulary.countTokens(text));
  expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  const same = await trainTokenizer(documents.slice(0, 30), { vocabularySize: 320, seedVocabulary });
  const straight = await trainTokenizer(documents.slice(0, 30), { vocabularySize: 320 });
  expect(toTokenizerJson(same)).toBe(toTokenizerJson(straight));
});

test('a published vocabulary can be extended', async () => {
  const seedVocabulary = await loadEncoding('r50k_base');
  const text = 'zqxj zqxjzqxj '.repeat(50);
  const tokenizer = await trainTokenizer([text], { vocabularySize: 50_260, seedVocabulary });
  expect(tokenizer.countTokens(text)).toBeLessThan(seedVocabulary.countTokens(text));
  expect([...tokenizer.encode('hello world')]).toEqual([...seedVocabulary.encode('hello world')]);
});
