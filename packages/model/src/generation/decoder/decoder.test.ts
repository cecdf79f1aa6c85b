import { type Executor, StateBuffers } from '@llm/graph';
import { createNodeExecutor, createNodeWorkerExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { architectureOf } from '../../architecture/architecture.js';
import { createModelConfig } from '../../config/create-model-config.js';
import { nanochatStyle } from '../../config/nanochat-style.js';
import { oracleParameters } from '../../fixtures/oracle-weights.js';
import type { Decoder, DecoderBatch, ScoreRequest } from './decoder.js';
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

/** Logits after the last token of each prompt, read `piece` tokens at a time. */
async function logitsAfter(batch: DecoderBatch, piece: number): Promise<number[][]> {
  const found: number[][] = [];
  for (let start = 0; start < 64; start += piece) {
    const request: ScoreRequest = {
      names: ['logits'],
      temperature: 1,
      drawable: config.vocabularySize,
      uniform: prompts.map(() => 0),
    };
    const { logits } = await batch.read(
      prompts.map((prompt) => prompt.slice(start, start + piece)),
      request,
    );
    const size = config.vocabularySize;
    for (const [row, { length }] of prompts.entries())
      if (length > start && length <= start + piece)
        found[row] = [...logits!.subarray(row * size, (row + 1) * size)];
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
    const request = (rows: number): ScoreRequest => ({
      names: ['logits'],
      temperature: 1,
      drawable: config.vocabularySize,
      uniform: new Array<number>(rows).fill(0),
    });
    await batch.read([[1, 2, 3], [4], [5, 6]], request(3));
    await batch.select([0, 0, 1, 2, 2]);
    await batch.read([[7], [8], [9], [10], [11]], request(5));
    await batch.select([0, 4, 2]);
    const { logits } = await batch.read([[12], [12], [12]], request(3));
    const alone = decoder.begin(3, 64);
    const { logits: expected } = await alone.read(
      [
        [1, 2, 3, 7, 12],
        [5, 6, 11, 12],
        [4, 9, 12],
      ],
      request(3),
    );
    for (const [i, logit] of logits!.entries()) expect(logit).toBeCloseTo(expected![i]!, 4);
    for (const used of [batch, alone]) used.dispose();
    await decoder.dispose();
  });
});
