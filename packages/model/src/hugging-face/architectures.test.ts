import type { NamedTensor, TokenBatch } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { createNodeExecutor, createNodeWorkerExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { loadCheckpoint } from '../checkpoint/load-checkpoint.js';
import { saveCheckpoint } from '../checkpoint/save-checkpoint.js';
import { capturedGradients, gradientCapture } from '../fixtures/gradient-capture.js';
import { oracleWeights } from '../fixtures/oracle-weights.js';
import fixture from '../fixtures/tiny-architectures.json' with { type: 'json' };
import { createTransformer, type Transformer } from '../transformer.js';
import { readSafetensors, writeSafetensors } from '../weights/safetensors.js';
import { familyOf, fromHuggingFaceConfig } from './config.js';
import { exportHuggingFace } from './export-model.js';
import { type ImportedModel, importHuggingFace } from './import-model.js';

// Slow: seventeen models of ten families are trained, scored and decoded.
// Written by PyTorch and Hugging Face transformers: see tooling/oracles/model/tiny_architectures.py.

interface Case {
  readonly config: { readonly model_type: string };
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  readonly scores: readonly number[];
  readonly logits: readonly (readonly number[])[];
  readonly greedy: readonly number[];
  readonly training: {
    readonly inputs: readonly number[];
    readonly targets: readonly number[];
    readonly loss: number;
    readonly gradients: Readonly<
      Record<string, { readonly norm: number; readonly first: readonly number[] }>
    >;
  } | null;
}

const cases = Object.entries(fixture.cases as unknown as Readonly<Record<string, Case>>);
const executor = createNodeExecutor({ threads: 1 });
const inputs = Int32Array.from(fixture.inputs);
const columns = inputs.length;
/** Pieces of some queries. */
const compact = { pieceBytes: 4 * 4 * columns * 7 };

async function imported({
  config,
  shapes,
}: Case): Promise<ImportedModel & { tensors: Map<string, NamedTensor> }> {
  const tensors = new Map(Object.entries(shapes).map(([name, shape]) => [name, oracleWeights(name, shape)]));
  const store = new MemoryStore();
  await store.write('m/config.json', new TextEncoder().encode(JSON.stringify(config)));
  await store.write('m/model.safetensors', writeSafetensors(tensors));
  return { ...(await importHuggingFace(store, 'm')), tensors };
}

function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = '',
): void {
  expect(actual.length).toBe(expected.length);
  const size = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (let i = 0; i < expected.length; i++)
    expect(Math.abs(actual[i]! - expected[i]!) / size, `${what} ${i}`).toBeLessThan(tolerance);
}

describe.each(cases)('%s', (name, expected) => {
  test('logits and log-probabilities are those of transformers, past the window, kept or computed again', async () => {
    const { config, parameters } = await imported(expected);
    const model = await createTransformer({ config, parameters, executor });
    const logits = await model.logits({ rows: 1, columns, inputs });
    for (const [index, position] of fixture.positions.entries()) {
      const size = config.vocabularySize;
      expectClose(logits.subarray(position * size, (position + 1) * size), expected.logits[index]!, 2e-5);
    }
    const targets = Int32Array.from([...inputs.subarray(1), 0]);
    const scores = await model.logProbabilities({ rows: 1, columns, inputs, targets });
    expectClose(scores.subarray(0, -1), expected.scores, 2e-5);
    const other = await createTransformer({ config, parameters, executor, memory: compact });
    const again = await other.logProbabilities({ rows: 1, columns, inputs, targets });
    expectClose(again.subarray(0, -1), expected.scores, 2e-5);
    for (const each of [model, other]) await each.dispose();
  });

  test('greedy tokens through the cache are those of transformers, in a batch of other lengths too', async () => {
    const { config, parameters } = await imported(expected);
    const prompt = inputs.slice(0, fixture.prompt);
    // The graphs are the same on every executor: that one in a thread of its own runs them is seen once.
    const worker = name === cases[0]![0] ? createNodeWorkerExecutor({ threads: 1 }) : undefined;
    for (const on of [executor, ...(worker ? [worker] : [])]) {
      const model = await createTransformer({ config, parameters, executor: on });
      const greedy = async (...prompts: Int32Array[]): Promise<number[][]> =>
        (await model.generate(prompts, { maxNewTokens: 8, temperature: 0 })).map(({ ids }) => [...ids]);
      expect(await greedy(prompt)).toEqual([expected.greedy]);
      const short = inputs.slice(3, 8);
      const [alone] = await greedy(short);
      expect(await greedy(short, prompt, prompt.subarray(0, 12))).toEqual([
        alone,
        expected.greedy,
        (await greedy(prompt.subarray(0, 12)))[0],
      ]);
      await model.dispose();
    }
    await worker?.close();
  });

  test('documents packed into a row are learned from as if each were alone, with adapters too', async () => {
    const { config, parameters } = await imported(expected);
    const targets = Int32Array.from([...inputs.subarray(1), 0]);
    const cut = 15;
    const part = (from: number, to: number, segments?: Int32Array): TokenBatch => ({
      rows: 1,
      columns: to - from,
      inputs: inputs.slice(from, to),
      targets: targets.slice(from, to),
      weights: new Float32Array(to - from).fill(1),
      normalizer: columns,
      segments,
    });
    const packed = part(
      0,
      columns,
      Int32Array.from(inputs, (_, i) => (i < cut ? 0 : 1)),
    );
    // How a step keeps its memory has nothing to do with the family: every second one is computed again.
    const memory = cases.findIndex(([each]) => each === name) % 2 === 0 ? 'fast' : compact;
    const open = (): Promise<Transformer> =>
      createTransformer({ config, parameters, executor, memory, lora: { rank: 2 } });
    const [one, two] = [await open(), await open()];
    const first = await one.trainStep(packed, { learningRate: 0.01 });
    const second = await two.trainStep([part(0, cut), part(cut, columns)], { learningRate: 0.01 });
    expect(first.loss / second.loss).toBeCloseTo(1, 5);
    expect(first.gradientNorm / second.gradientNorm).toBeCloseTo(1, 4);
    const merged = await createTransformer({ config, parameters: await one.mergedParameters(), executor });
    const row = { rows: 1, columns, inputs };
    expectClose(await merged.logits(row), await one.logits(row), 2e-5);
    for (const each of [one, two, merged]) await each.dispose();
  });

  test('what is exported, and what a checkpoint holds, are the tensors that were imported, to the byte', async () => {
    const { config, parameters, tensors } = await imported(expected);
    const store = new MemoryStore();
    await exportHuggingFace(store, 'out', { config, parameters });
    const json = JSON.parse(new TextDecoder().decode(await store.read('out/config.json')));
    expect(json.model_type).toBe(expected.config.model_type);
    const { llm_model_config: _own, ...theirs } = json;
    expect(fromHuggingFaceConfig(JSON.stringify(theirs), 'config.json')).toEqual(config);
    expect(sorted(readSafetensors(await store.read('out/model.safetensors'), 'out'))).toEqual(
      sorted(tensors),
    );
    expect(await importHuggingFace(store, 'out')).toMatchObject({ config, parameters });
    const snapshot = { stepsTaken: 1, parameters, optimizerState: new Map() };
    const folder = await saveCheckpoint(store, 'c', { config, snapshot });
    expect(sorted(readSafetensors(await store.read(`${folder}/model.safetensors`), 'c'))).toEqual(
      sorted(tensors),
    );
    expect(await loadCheckpoint(store, 'c')).toMatchObject({ config, snapshot: { parameters } });
  });

  test.runIf(expected.training)(
    'loss and gradients are those of PyTorch, kept or computed again',
    async () => {
      const { config, parameters } = await imported(expected);
      const { loss, gradients, ...tokens } = expected.training!;
      const batch = {
        rows: 2,
        columns: 16,
        inputs: Int32Array.from(tokens.inputs),
        targets: Int32Array.from(tokens.targets),
        weights: new Float32Array(32).fill(1),
        normalizer: 32,
      };
      for (const memory of ['fast', compact] as const) {
        const model = await createTransformer({
          config,
          parameters,
          executor,
          memory,
          optimizer: gradientCapture,
        });
        const result = await model.trainStep(batch, { learningRate: 1 });
        expect(result.loss / loss).toBeCloseTo(1, 5);
        const captured = familyOf(config)!.exportTensors(config, capturedGradients(await model.snapshot()));
        expect([...captured.keys()].sort()).toEqual(Object.keys(gradients).sort());
        for (const [name, { norm, first }] of Object.entries(gradients)) {
          const { data } = captured.get(name)!;
          const length = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
          expect(Math.abs(length / norm - 1), name).toBeLessThan(1e-4);
          for (const [i, value] of first.entries())
            expect(Math.abs(data[i]! - value) / norm, `${name} ${i}`).toBeLessThan(1e-4);
        }
        await model.dispose();
      }
    },
  );
});

const sorted = (tensors: ReadonlyMap<string, NamedTensor>): [string, NamedTensor][] =>
  [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
