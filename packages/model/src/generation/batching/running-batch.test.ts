// Slow: hundreds of calls, and every step is a turn of the event loop.
import { type Completion, createRandom, type Random } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from '../../config/create-model-config.js';
import { ExactDecoder } from '../../fixtures/exact-decoder.js';
import { generate } from '../generate.js';
import type { TransformerGenerateOptions } from '../generate-options.js';
import { CacheMemory } from './cache-memory.js';
import { GenerationCounters } from './generation-statistics.js';
import { PrefixCache } from './prefix-cache.js';
import { RunningBatch } from './running-batch.js';

const config = createModelConfig({ vocabularySize: 23, contextLength: 600, depth: 1, width: 8, heads: 1 });
const rowBytes = new CacheMemory(config, 0).bytesPerToken;

/** Room for so many slots in all. */
function open(slots: number, prefixSlots = 0) {
  const decoder = new ExactDecoder(config.vocabularySize);
  const memory = new CacheMemory(config, slots * rowBytes);
  const prefixes = prefixSlots > 0 ? new PrefixCache(prefixSlots * rowBytes, rowBytes) : undefined;
  const counters = new GenerationCounters();
  const batch = new RunningBatch({ config, decoder, memory, prefixes, counters });
  return {
    decoder,
    counters,
    batch,
    generate: (prompts: readonly Int32Array[], options: TransformerGenerateOptions): Promise<Completion[]> =>
      generate(config, batch, memory, prompts, options),
  };
}

const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function alone(prompts: readonly Int32Array[], options: TransformerGenerateOptions) {
  const one = open(1e6);
  const completions = await one.generate(prompts, options);
  await one.batch.dispose();
  return completions;
}

/** Everything but the ways in which a call may end before its time. */
function randomCall(random: Random): { prompts: Int32Array[]; options: TransformerGenerateOptions } {
  const shared = Int32Array.from({ length: 40 }, (_, i) => (i * 7) % 23);
  const prompts = Array.from({ length: 1 + random.integer(3) }, () => {
    const own = Int32Array.from({ length: 1 + random.integer(random.integer(8) === 0 ? 300 : 30) }, () =>
      random.integer(23),
    );
    return random.integer(2) === 0 ? own : Int32Array.of(...shared, ...own);
  });
  if (random.integer(3) === 0) prompts.push(prompts[0]!);
  const sampling: readonly Partial<TransformerGenerateOptions>[] = [
    { temperature: 0 },
    { temperature: 0.5 + random.uniform() },
    { topK: 4, topP: 0.9 },
    { repetitionPenalty: 1.2, minP: 0.1, topLogProbabilities: 2 },
    { frequencyPenalty: 0.5, presencePenalty: 0.3, logitBias: new Map([[3, 2]]) },
    { allowedTokens: (_, generated) => (generated.length % 2 === 0 ? Uint32Array.of(0b1111000) : undefined) },
    { vocabularySize: 20, topLogProbabilities: 1 },
  ];
  const maxNewTokens = 1 + random.integer(random.integer(6) === 0 ? 500 : 40);
  const forced = random.integer(10);
  return {
    prompts,
    options: {
      maxNewTokens,
      seed: random.integer(100),
      stopTokens: random.integer(2) === 0 ? [random.integer(23)] : [],
      forceTokens: (_, generated) => (generated.length === forced ? [1, 2, 3] : undefined),
      ...sampling[random.integer(sampling.length)],
    },
  };
}

describe('calls side by side', () => {
  test.each(Array.from({ length: 12 }, (_, i) => i))(
    'give what each gives alone, whenever they come and however others end: %i',
    async (trial) => {
      const random = createRandom(trial, 'arrivals');
      // From much too little memory to plenty; with and without a prefix cache that does not hold everything.
      const shared = open([200, 700, 3000, 1e6][trial % 4]!, trial % 3 === 0 ? 0 : 500);
      const ends = { done: 0, aborted: 0, thrown: 0 };
      const calls = Array.from({ length: 30 }, async () => {
        const { prompts, options } = randomCall(random);
        const way = (['done', 'done', 'aborted', 'thrown'] as const)[random.integer(4)]!;
        const at = random.integer(20);
        for (let wait = random.integer(150); wait > 0; wait--) await tick();
        const expected = await alone(prompts, options);
        const controller = new AbortController();
        let heard = 0;
        const onToken = (): void => {
          if (heard++ !== at || way === 'done') return;
          if (way === 'thrown') throw new Error(`by a callback of call ${at}`);
          controller.abort(new Error(`by the caller ${at}`));
        };
        const found = await shared.generate(prompts, { ...options, onToken, signal: controller.signal }).then(
          (completions) => completions,
          (error: Error) => error.message,
        );
        if (found === `by a callback of call ${at}`) ends.thrown++;
        else if (found === `by the caller ${at}`) ends.aborted++;
        else {
          expect(found).toEqual(expected);
          ends.done++;
        }
      });
      await Promise.all(calls);
      expect(ends.done + ends.aborted + ends.thrown).toBe(30);
      for (const count of Object.values(ends)) expect(count).toBeGreaterThan(0);
      await tick();
      const { rowsActive, rowsWaiting, reusedTokens } = shared.counters.statistics;
      expect([rowsActive, rowsWaiting]).toEqual([0, 0]);
      expect(reusedTokens > 0).toBe(trial % 3 !== 0);
      await shared.batch.dispose();
      expect(shared.decoder.live.size).toBe(0);
    },
  );

  test('a call that cannot be read or continued by the runtime ends, and the next one starts afresh', async () => {
    const { decoder, generate, batch } = open(1e6);
    const options = { maxNewTokens: 30, seed: 1 };
    const running = [1, 2].map((id) =>
      generate([Int32Array.of(id)], options).catch((error) => error.message),
    );
    while (decoder.reads.length < 5) await tick();
    decoder.failure = new Error('the device is lost');
    expect(await Promise.all(running)).toEqual(['the device is lost', 'the device is lost']);
    expect(await generate([Int32Array.of(5)], options)).toEqual(await alone([Int32Array.of(5)], options));
    await batch.dispose();
  });

  test('scores of one call that are no numbers end that call alone', async () => {
    const { decoder, generate, batch } = open(1e6);
    const scores = decoder.scores.bind(decoder);
    decoder.scores = (tokens) => (tokens[0] === 7 ? scores(tokens).fill(Number.NaN) : scores(tokens));
    const options = { maxNewTokens: 10, seed: 1 };
    const [good, bad] = await Promise.allSettled(
      [7, 7].map((_, i) => generate([Int32Array.of(6 + i)], options)),
    );
    expect(good).toMatchObject({ value: await alone([Int32Array.of(6)], options) });
    expect(bad).toMatchObject({ reason: { code: 'model/scores-not-finite' } });
    await batch.dispose();
  });
});

describe('turns', () => {
  test('a row on its way waits for a piece of a prompt that comes, and not for all of it', async () => {
    const { decoder, generate, batch } = open(1e6);
    const first = generate([Int32Array.of(1)], { maxNewTokens: 60 });
    while (decoder.reads.length < 10) await tick();
    const second = generate([new Int32Array(500).fill(2)], { maxNewTokens: 2 });
    await Promise.all([first, second]);
    const read = decoder.reads.map((row) => row.reduce((a, b) => a + b, 0));
    const start = read.indexOf(128);
    expect(read.slice(start, start + 8)).toEqual([128, 1, 128, 1, 128, 1, 116, 2]);
    await batch.dispose();
  });

  test('who comes first is served first, also where short calls never stop to come', async () => {
    const { generate, batch, counters } = open(400);
    const order: number[] = [];
    const call = (number: number, prompt: number): Promise<unknown> =>
      generate([new Int32Array(prompt).fill(1)], {
        maxNewTokens: 20,
        onToken: () => order.includes(number) || order.push(number),
      });
    const calls: Promise<unknown>[] = [];
    // The second one needs nearly all the memory.
    for (let number = 0; number < 20; number++) {
      calls.push(call(number, number === 3 ? 300 : 20));
      await tick();
    }
    expect(counters.statistics.rowsWaiting).toBeGreaterThan(10);
    await Promise.all(calls);
    expect(order).toEqual(Array.from({ length: 20 }, (_, number) => number));
    await batch.dispose();
  });

  test('where rows outgrow the memory the last one makes room, reads its tokens again, and goes on', async () => {
    const { generate, batch, counters, decoder } = open(320);
    const options = { maxNewTokens: 200, temperature: 0.8, seed: 2, topLogProbabilities: 1 };
    const prompts = [1, 2, 3].map((id) => new Int32Array(20).fill(id));
    const found = await Promise.all(prompts.map((prompt) => generate([prompt], options)));
    for (const [i, prompt] of prompts.entries()) expect(found[i]).toEqual(await alone([prompt], options));
    // All three side by side up to 96 tokens, then two of them up to 160, then each by itself.
    const steps = decoder.reads.filter((read) => read.every((count) => count === 1));
    expect([3, 2].map((rows) => steps.filter(({ length }) => length === rows).length)).toEqual([76, 64]);
    expect(counters.statistics.promptTokens).toBe(60 + 97 + 161);
    await batch.dispose();
  });

  test('equal prompts of a call are read once; calls of one moment are read together', async () => {
    const { decoder, generate, batch } = open(1e6);
    const prompt = Int32Array.of(1, 2, 3);
    await generate([prompt, Int32Array.of(4), prompt, prompt], { maxNewTokens: 2 });
    expect(decoder.reads).toEqual([
      [3, 1],
      [1, 1, 1, 1],
    ]);
    decoder.reads.length = 0;
    await Promise.all([1, 2, 3].map((id) => generate([Int32Array.of(id)], { maxNewTokens: 2 })));
    expect(decoder.reads).toEqual([
      [1, 1, 1],
      [1, 1, 1],
    ]);
    await batch.dispose();
  });

  test('an aborted call leaves at the next token, and while its prompt is read', async () => {
    const { decoder, generate, batch, counters } = open(1e6);
    const controller = new AbortController();
    const other = generate([Int32Array.of(1)], { maxNewTokens: 60 });
    const long = generate([new Int32Array(500).fill(2)], { maxNewTokens: 9, signal: controller.signal });
    while (decoder.reads.length < 4) await tick();
    expect(counters.statistics.rowsActive).toBe(2);
    controller.abort();
    await expect(long).rejects.toThrow();
    await tick();
    expect(counters.statistics.rowsActive).toBe(1);
    await other;
    await batch.dispose();
  });
});

test('statistics count what was read, drawn and reused', async () => {
  const { generate, batch, counters } = open(1e6, 1000);
  const prompt = Int32Array.from({ length: 40 }, (_, i) => i % 5);
  const [first] = await generate([prompt], { maxNewTokens: 10, temperature: 0 });
  // The last token drawn was not read: 49 of a conversation that goes on are there already.
  const next = Int32Array.of(...prompt, ...first!.ids, 7, 8);
  await generate([next], { maxNewTokens: 3, temperature: 0 });
  await tick();
  expect(counters.statistics).toEqual({
    rowsActive: 0,
    rowsWaiting: 0,
    cacheBytes: (52 + 2) * rowBytes,
    promptTokens: 40 + 3,
    reusedTokens: 49,
    drawnTokens: 13,
  });
  await batch.dispose();
});
