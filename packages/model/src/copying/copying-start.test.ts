import { createRandom, type NamedTensor, type RunEvent } from '@llm/core';
import { ByteTokenizer } from '@llm/core/testing';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import { createTransformer } from '../transformer.js';
import { initialParameters } from '../weights/initial-parameters.js';
import { copyingStart } from './copying-start.js';
import { inductionParameters } from './induction-heads.js';

const executor = createNodeExecutor({ threads: 1 });
const tokenizer = new ByteTokenizer();
const config = createModelConfig({
  ...{ vocabularySize: tokenizer.vocabularySize, contextLength: 64 },
  ...{ depth: 2, width: 64, headWidth: 16 },
});

/** Nats a token of 24 random bytes, the first and the second time. */
async function readTwice(parameters: ReadonlyMap<string, NamedTensor>): Promise<[number, number]> {
  const [rows, period] = [8, 24];
  const columns = 2 * period - 1;
  const random = createRandom('read twice');
  const read = Array.from({ length: rows }, () => {
    const sequence = Int32Array.from({ length: period }, () => random.integer(256));
    return Int32Array.from({ length: columns + 1 }, (_, i) => sequence[i % period]!);
  });
  const inputs = Int32Array.from(read.flatMap((row) => [...row.subarray(0, columns)]));
  const targets = Int32Array.from(read.flatMap((row) => [...row.subarray(1)]));
  const model = await createTransformer({ config, executor, parameters });
  const logProbabilities = await model.logProbabilities({ rows, columns, inputs, targets });
  await model.dispose();
  const mean = (from: number, to: number): number => {
    const all = logProbabilities.filter((_, i) => i % columns >= from && i % columns < to);
    return -all.reduce((sum, value) => sum + value, 0) / all.length;
  };
  return [mean(0, period - 1), mean(period, columns)];
}

describe('induction heads that are drawn', () => {
  test('half of the first layer look at the token before, the second layer at what came after the same one', async () => {
    const model = await createTransformer({ config, executor, parameters: inductionParameters(config, 3) });
    const sequence = [7, 201, 44, 90, 13, 158, 66, 240];
    const inspection = await model.inspect(Int32Array.from([...sequence, ...sequence]), { position: 15 });
    await model.dispose();
    const { attention } = inspection;
    const from = (layer: number, head: number, query: number, key: number): number =>
      attention[layer]![(head * 16 + query) * 16 + key]!;
    for (const head of [0, 1])
      for (let query = 2; query < 16; query++) expect(from(0, head, query, query - 1)).toBeGreaterThan(0.5);
    // Narrow heads: eight numbers a token tell it from others, so no more than a tendency is asked for.
    const timesChance = [8, 9, 10, 11, 12, 13, 14].map((query) => {
      const there = [0, 1, 2].reduce((sum, head) => sum + from(1, head, query, query - 7), 0) / 3;
      return there * (query + 1);
    });
    expect(timesChance.reduce((sum, value) => sum + value, 0) / 7).toBeGreaterThan(2);
  });

  test('a configuration without room for the circuit is refused with what it lacks', () => {
    const refused = (changes: object): string => {
      try {
        inductionParameters(createModelConfig({ ...config, ...changes }), 1);
      } catch (error) {
        return (error as Error).message;
      }
      return 'not refused';
    };
    expect(refused({ depth: 1 })).toContain('depth of at least 2');
    expect(refused({ positions: 'learned' })).toContain('rotary positions');
    expect(refused({ queryKeyNormalization: 'none' })).toContain("queryKeyNormalization 'rms'");
    expect(refused({ keyValueHeads: 2 })).toContain('as many key as query heads');
    expect(refused({ tiedHead: true })).toContain('an output head of its own');
    expect(refused({ heads: 1, keyValueHeads: 1, headWidth: 64 })).toContain('several heads in a layer');
  });
});

describe('copyingStart', () => {
  test('a model that has read nothing copies what it reads twice; one that was only drawn does not yet', async () => {
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent): unknown => events.push(event);
    const [first, second] = await readTwice(
      await copyingStart({ config, executor, tokenizer, seed: 1, steps: 50, onEvent }),
    );
    expect(first).toBeGreaterThan(Math.log(256) - 0.5);
    expect(second).toBeLessThan(3);
    expect(events).toHaveLength(50);
    expect(events.at(-1)).toMatchObject({ type: 'progress', done: 50, total: 50 });
    const chance = await readTwice(initialParameters(config, 1));
    expect(chance[1]).toBeCloseTo(Math.log(config.vocabularySize), 1);
  }, 120_000);

  test('is the same for the same seed, to the bit, and stops when it is told to', async () => {
    const options = { config, executor, tokenizer, steps: 2 };
    const [one, again, other] = [
      await copyingStart({ ...options, seed: 1 }),
      await copyingStart({ ...options, seed: 1 }),
      await copyingStart({ ...options, seed: 2 }),
    ];
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    const signal = AbortSignal.abort();
    await expect(copyingStart({ ...options, signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});
