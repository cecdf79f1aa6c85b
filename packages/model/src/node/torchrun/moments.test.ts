import { createRandom, type NamedTensor } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from '../../config/create-model-config.js';
import { adamW } from '../../optimizers/adamw.js';
import { muon } from '../../optimizers/muon.js';
import { type Optimizer, stateName } from '../../optimizers/optimizer.js';
import { parameterLayout } from '../../weights/parameter-layout.js';
import { exportMoments, importMoments } from './moments.js';

const shape = { vocabularySize: 11, contextLength: 8, depth: 2, width: 8, heads: 2, keyValueHeads: 1 };
const configs = {
  qwen3: createModelConfig({ ...shape, feedForward: 'swiglu', family: 'qwen3' }),
  phi3: createModelConfig({
    ...shape,
    feedForward: 'swiglu',
    queryKeyNormalization: 'none',
    family: 'phi3',
  }),
  nanochat: createModelConfig({
    ...shape,
    feedForward: 'reluSquared',
    normalization: 'rmsPlain',
    queryKeyNormalization: 'rmsPlain',
    embeddingNormalization: true,
    logitSoftcap: 15,
  }),
  gpt2: createModelConfig({
    ...shape,
    keyValueHeads: 2,
    feedForward: 'geluTanh',
    normalization: 'layer',
    queryKeyNormalization: 'none',
    positions: 'learned',
    attentionBias: true,
    feedForwardBias: true,
    tiedHead: true,
  }),
};

function randomState(config: typeof configs.gpt2, optimizer: Optimizer): Map<string, NamedTensor> {
  const random = createRandom(1);
  const state = new Map<string, NamedTensor>();
  for (const [name, layout] of parameterLayout(config))
    for (const [suffix, dimensions] of Object.entries(optimizer.stateShapes(name, layout))) {
      const size = dimensions.reduce((product, dimension) => product * dimension, 1);
      const data = Float32Array.from({ length: size }, () => random.normal());
      state.set(stateName(name, suffix), { shape: dimensions, data });
    }
  return state;
}

const sorted = (tensors: ReadonlyMap<string, NamedTensor>): unknown[] =>
  [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));

describe.each(Object.entries(configs))('%s', (_, config) => {
  test.each([adamW(), muon()])('moments come back as they went: $name', (optimizer) => {
    const state = randomState(config, optimizer);
    const back = importMoments(config, optimizer, exportMoments(config, state), 'a file');
    expect(sorted(back)).toEqual(sorted(state));
  });
});

test('GPT-2: joined and turned as its parameters, under their names', () => {
  const state = randomState(configs.gpt2, muon());
  const moments = exportMoments(configs.gpt2, state);
  const joined = moments.get('transformer.h.1.attn.c_attn.weight.momentum')!;
  expect(joined.shape).toEqual([8, 24]);
  const ofKeys = state.get('model.layers.1.self_attn.k_proj.weight.momentum')!;
  // Row 3, column 5 of the keys' matrix [out, in].
  expect(joined.data[5 * 24 + 8 + 3]).toBe(ofKeys.data[3 * 8 + 5]);
  expect(moments.has('transformer.wte.weight.exp_avg_sq')).toBe(true);
  expect(moments.has('transformer.h.1.attn.c_attn.weight.exp_avg')).toBe(false);
});

test('moments of another optimizer, of another shape or with one missing are refused by name', () => {
  const { gpt2 } = configs;
  const moments = exportMoments(gpt2, randomState(gpt2, adamW()));
  expect(() => importMoments(gpt2, muon(), moments, 'a file')).toThrow(/momentum" is missing/);
  const name = 'transformer.ln_f.bias.exp_avg';
  moments.set(name, { shape: [9], data: new Float32Array(9) });
  expect(() => importMoments(gpt2, adamW(), moments, 'a file')).toThrow(
    /model.norm.bias.firstMoment" is \[9\]/,
  );
  moments.delete(name);
  expect(() => importMoments(gpt2, adamW(), moments, 'a file')).toThrow(/firstMoment" is missing/);
});
