import type { NamedTensor, TokenBatch } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { createNodeExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { loadCheckpoint } from './checkpoint/load-checkpoint.js';
import { saveCheckpoint } from './checkpoint/save-checkpoint.js';
import { createModelConfig } from './config/create-model-config.js';
import { nanochatStyle } from './config/nanochat-style.js';
import { exportOnnx } from './export/onnx/export-onnx.js';
import { cachedOnnxGraph } from './export/onnx/onnx-graph.js';
import { capturedGradients, gradientCapture, largestGradientError } from './fixtures/gradient-capture.js';
import { oracleBatch, oracleParameters } from './fixtures/oracle-weights.js';
import fixture from './fixtures/tiny-nanochat-switches.json' with { type: 'json' };
import { writeGguf } from './gguf/write-gguf.js';
import { exportHuggingFace } from './hugging-face/export-model.js';
import { adamW, type ParameterGroups } from './optimizers/adamw.js';
import { createTransformer } from './transformer.js';
import { initialParameters } from './weights/initial-parameters.js';

// Written by PyTorch, and compared there with nanochat's own class:
// tooling/oracles/model/tiny_nanochat_switches.py.
const executor = createNodeExecutor({ threads: 1 });
const config = createModelConfig({ ...nanochatStyle, ...fixture.config });
const parameters = oracleParameters(config);
const batch = oracleBatch(fixture);

describe('nanochat with value embeddings, smear, residual scalars and backout', () => {
  test('logits, loss and every gradient are those of PyTorch', async () => {
    const model = await createTransformer({ config, parameters, executor, optimizer: gradientCapture });
    const logits = await model.logits(batch);
    const largest = Math.max(...fixture.logits.map(Math.abs));
    for (const [i, expected] of fixture.logits.entries())
      expect(Math.abs(logits[i]! - expected) / largest).toBeLessThan(1e-5);
    const { loss } = await model.trainStep(batch, { learningRate: 1 });
    expect(loss / fixture.loss).toBeCloseTo(1, 5);
    const worst = largestGradientError(capturedGradients(await model.snapshot()), fixture.gradients);
    expect(worst.error, worst.name).toBeLessThan(1e-4);
    await model.dispose();
  });

  test('the greedy continuation is that of PyTorch', async () => {
    const model = await createTransformer({ config, parameters, executor });
    const [completion] = await model.generate([batch.inputs.slice(0, 5)], {
      maxNewTokens: 10,
      temperature: 0,
    });
    expect([...completion!.ids]).toEqual(fixture.greedy);
    await model.dispose();
  });

  test('ten steps of AdamW with a rate, a decay and betas for each role', async () => {
    const groups = fixture.groups as unknown as ParameterGroups;
    const model = await createTransformer({ config, parameters, executor, optimizer: adamW({ groups }) });
    for (let step = 0; step < 10; step++) {
      const result = await model.trainStep(batch, { learningRate: 0.01 * (1 - step / 20) });
      expect(result.loss / fixture.adamw.losses[step]!, `step ${step}`).toBeCloseTo(1, 4);
      expect(result.gradientNorm / fixture.adamw.gradientNorms[step]!, `step ${step}`).toBeCloseTo(1, 4);
    }
    await model.dispose();
  });

  test('smear stays within a segment', async () => {
    const gradientsOf = async (rows: TokenBatch): Promise<Map<string, NamedTensor>> => {
      const model = await createTransformer({ config, parameters, executor, optimizer: gradientCapture });
      await model.trainStep(rows, { learningRate: 1 });
      const gradients = capturedGradients(await model.snapshot());
      await model.dispose();
      return gradients;
    };
    // Rotary positions are relative, so two documents in one row are the same as one in each of two rows.
    const packed = await gradientsOf({
      ...batch,
      rows: 1,
      columns: 16,
      segments: Int32Array.from({ length: 16 }, (_, i) => i >> 3),
    });
    for (const [name, { data }] of await gradientsOf(batch)) {
      const scale = Math.hypot(...data) / Math.sqrt(data.length);
      for (const [i, value] of data.entries())
        expect(Math.abs(packed.get(name)!.data[i]! - value) / scale, name).toBeLessThan(1e-4);
    }
  });

  test('a new model starts as in nanochat', () => {
    const initial = initialParameters(config, 3);
    const values = (name: string): number[] => [...initial.get(name)!.data];
    const close = (name: string, expected: readonly number[]): void => {
      for (const [i, value] of values(name).entries()) expect(value, name).toBeCloseTo(expected[i]!, 6);
    };
    close('model.residual_scalars', [1.15, 1.1, 1.05]);
    close('model.embedding_scalars', [0.2, 0.125, 0.05]);
    close('model.smear_scalar', [0]);
    close('model.backout_scalar', [0.2]);
    for (const gate of ['model.smear_gate.weight', 'model.layers.2.self_attn.value_gate.weight']) {
      expect(Math.min(...values(gate))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...values(gate))).toBeLessThanOrEqual(0.02);
      expect(new Set(values(gate)).size).toBeGreaterThan(20);
    }
    const table = values('model.layers.0.self_attn.value_embedding.weight').map(Math.abs);
    expect(Math.max(...table)).toBeLessThanOrEqual(Math.sqrt(3 / 32));
    expect(initial.has('model.layers.1.self_attn.value_gate.weight')).toBe(false);
  });

  test('a checkpoint holds them; formats that cannot express them refuse', async () => {
    const store = new MemoryStore();
    const snapshot = { stepsTaken: 3, parameters, optimizerState: new Map() };
    await saveCheckpoint(store, 'c', { config, snapshot });
    expect(await loadCheckpoint(store, 'c')).toMatchObject({ config, snapshot });
    const unsupported = { code: 'model/export-unsupported' };
    await expect(exportHuggingFace(store, 'h', { config, parameters })).rejects.toMatchObject(unsupported);
    await expect(exportHuggingFace(store, 'h', { config, parameters })).rejects.toThrow(
      'valueEmbeddings, smear, residualScalars, backout are on',
    );
    await expect(exportOnnx(store, 'o', { config, parameters })).rejects.toMatchObject(unsupported);
    expect(() => writeGguf({ config, parameters })).toThrow(expect.objectContaining(unsupported));
    expect(() => cachedOnnxGraph(config, parameters)).toThrow(expect.objectContaining(unsupported));
    expect(() => createModelConfig({ ...config, width: 16, heads: 2, headWidth: 8 })).toThrow('at least 24');
  });
});
