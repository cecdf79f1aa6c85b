import { type Executor, StateBuffers } from '@llm/graph';
import { createNodeExecutor, createNodeWorkerExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { architectureOf } from '../../architecture/architecture.js';
import { createModelConfig } from '../../config/create-model-config.js';
import { nanochatStyle } from '../../config/nanochat-style.js';
import { oracleParameters } from '../../fixtures/oracle-weights.js';
import type { Decoder, DecoderBatch, RowScores } from './decoder.js';
import { createDeviceDecoder } from './device-decoder.js';
import { createHostDecoder } from './host-decoder.js';

const config = createModelConfig({
  vocabularySize: 23,
  contextLength: 64,
  depth: 2,
  width: 32,
  heads: 4,
  ...nanochatStyle,
  keyValueHeads: 2,
});
const architecture = architectureOf(config);
const parameters = oracleParameters(config);

const decoders: Readonly<Record<string, () => Promise<Decoder>>> = {
  host: () =>
    createHostDecoder(createNodeExecutor({ threads: 1 }), architecture, (name) => ({
      type: 'float32',
      ...parameters.get(name)!,
    })),
  device: () => {
    const executor: Executor = createNodeWorkerExecutor({ threads: 1 });
    const buffers = new StateBuffers();
    for (const [name, { shape }] of parameters) buffers.declare(name, { type: 'float32', shape });
    buffers.write(new Map([...parameters].map(([name, tensor]) => [name, { type: 'float32', ...tensor }])));
    return createDeviceDecoder(executor, architecture, buffers);
  },
};

const prompts = [40, 1, 64, 33].map((length, row) =>
  Array.from({ length }, (_, i) => (row * 7 + i * 5) % config.vocabularySize),
);

const wanted = { logits: true };

/** Logits after the last token of each prompt, read `piece` tokens at a time. */
async function logitsAfter(batch: DecoderBatch, piece: number): Promise<Float32Array[]> {
  const found: Float32Array[] = [];
  for (let start = 0; start < 64; start += piece) {
    const scores = await batch.read(
      prompts.map((prompt) => prompt.slice(start, start + piece)),
      prompts.map(({ length }) => (length > start && length <= start + piece ? wanted : undefined)),
    );
    for (const [row, { logits }] of scores.entries()) if (logits !== undefined) found[row] = logits;
  }
  return found;
}

describe.each(Object.entries(decoders))('%s', (_, create) => {
  test('prompts read in pieces, also when some rows have no more to read, give what they give at once', async () => {
    const decoder = await create();
    const whole = decoder.begin(4, 64);
    const expected = await logitsAfter(whole, 64);
    // The padding of a row runs over the window here, and slots are added on the way.
    for (const piece of [1, 7, 48]) {
      const batch = decoder.begin(4, 64);
      for (const [row, logits] of (await logitsAfter(batch, piece)).entries())
        for (const [id, logit] of logits.entries()) expect(logit).toBeCloseTo(expected[row]![id]!, 4);
      batch.dispose();
    }
    whole.dispose();
    await decoder.dispose();
  });

  test('rows that are repeated and closed up continue what they have read', async () => {
    const decoder = await create();
    const batch = decoder.begin(3, 64);
    await batch.read([[1, 2, 3], [4], [5, 6]], new Array(3));
    await batch.select([0, 0, 1, 2, 2]);
    await batch.read([[7], [8], [9], [10], [11]], new Array(5));
    await batch.select([0, 4, 2]);
    const found = await batch.read([[12], [12], [12]], [wanted, wanted, wanted]);
    const alone = decoder.begin(3, 64);
    const tokens = [
      [1, 2, 3, 7, 12],
      [5, 6, 11, 12],
      [4, 9, 12],
    ];
    expectAlike(found, await alone.read(tokens, [wanted, wanted, wanted]));
    for (const used of [batch, alone]) used.dispose();
    await decoder.dispose();
  });

  test('rows that join, and begin where others were, continue what they or those have read', async () => {
    const decoder = await create();
    const sequence = (start: number, length: number): number[] =>
      Array.from({ length }, (_, i) => (start + i * 5) % config.vocabularySize);
    const [long, short] = [sequence(1, 50), sequence(2, 3)];
    const batch = decoder.begin(1, 64);
    await batch.read([long], [undefined]);
    // Over slots of its own, fewer than those of the batch, and then more.
    const other = decoder.begin(2, 64);
    await other.read([short, [9]], new Array(2));
    await batch.join(other);
    await batch.join(await batch.beginning(0, 20, long[19]!));
    await batch.select([3, 1, 2]);
    expect(batch.lengths).toEqual([20, 3, 1]);
    const longer = decoder.begin(0, 64);
    await longer.join(await batch.beginning(0, 20, long[19]!));
    await longer.read([sequence(3, 40)], [undefined]);
    await batch.join(longer);
    const found = await batch.read([[4, 5], [6], [7], [8]], new Array(4).fill(wanted));
    const alone = decoder.begin(4, 64);
    const expected = await alone.read(
      [
        [...long.slice(0, 20), 4, 5],
        [...short, 6],
        [9, 7],
        [...long.slice(0, 20), ...sequence(3, 40), 8],
      ],
      new Array(4).fill(wanted),
    );
    expectAlike(found, expected);
    // One row of several draws, and another one's logits are asked for.
    const draw = { temperature: 0.5, drawable: 2, uniform: 0.99 };
    const mixed = await alone.read(
      [[1], [1], [1], [1]],
      [undefined, { logits: false, draw }, wanted, undefined],
    );
    expect(mixed.map(({ logits, sampled }) => [logits?.length, sampled !== undefined])).toEqual([
      [undefined, false],
      [undefined, true],
      [config.vocabularySize, false],
      [undefined, false],
    ]);
    expect(mixed[1]!.sampled).toBeLessThan(2);
    for (const used of [batch, alone]) used.dispose();
    await decoder.dispose();
  });
});

function expectAlike(found: readonly RowScores[], expected: readonly RowScores[]): void {
  for (const [row, { logits }] of expected.entries())
    for (const [i, logit] of logits!.entries()) expect(found[row]!.logits![i]).toBeCloseTo(logit, 4);
}
