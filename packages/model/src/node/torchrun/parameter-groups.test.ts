import { expect, test } from 'vitest';
import { createModelConfig } from '../../config/create-model-config.js';
import { gradientCapture } from '../../fixtures/gradient-capture.js';
import { adamW } from '../../optimizers/adamw.js';
import { muon } from '../../optimizers/muon.js';
import { parameterGroups } from './parameter-groups.js';

const shape = { vocabularySize: 11, contextLength: 8, depth: 1, width: 8, heads: 2 };
const gpt2 = createModelConfig({
  ...shape,
  feedForwardWidth: 32,
  feedForward: 'geluTanh',
  normalization: 'layer',
  queryKeyNormalization: 'none',
  positions: 'learned',
  attentionBias: true,
  feedForwardBias: true,
  tiedHead: true,
});

test('AdamW of GPT-2: matrices decay, the table of words has its own rate', () => {
  const optimizer = adamW({ weightDecay: 0.2, groups: { embedding: { rate: 3, betas: [0.8, 0.9] } } });
  const groups = parameterGroups(gpt2, optimizer);
  const shared = { method: 'adamw', epsilon: 1e-8 };
  expect(groups).toEqual([
    {
      ...shared,
      rate: 3,
      weightDecay: 0,
      betas: [0.8, 0.9],
      parameters: ['transformer.wte.weight', 'transformer.wpe.weight'],
    },
    {
      ...shared,
      rate: 1,
      weightDecay: 0,
      betas: [0.9, 0.99],
      parameters: [
        'ln_1.weight',
        'ln_2.weight',
        'ln_1.bias',
        'ln_2.bias',
        'attn.c_attn.bias',
        'attn.c_proj.bias',
        'mlp.c_fc.bias',
        'mlp.c_proj.bias',
      ]
        .map((name) => `transformer.h.0.${name}`)
        .concat('transformer.ln_f.weight', 'transformer.ln_f.bias'),
    },
    {
      ...shared,
      rate: 1,
      weightDecay: 0.2,
      betas: [0.9, 0.99],
      parameters: ['attn.c_attn', 'attn.c_proj', 'mlp.c_fc', 'mlp.c_proj'].map(
        (name) => `transformer.h.0.${name}.weight`,
      ),
    },
  ]);
});

test('Muon takes joined and turned matrices apart', () => {
  const parts = (config: typeof gpt2): unknown[] =>
    parameterGroups(config, muon()).flatMap((group) =>
      group.method === 'muon'
        ? group.parameters.map((name) => [name.replace(/^.*\.0\./, ''), group.rows.join(), group.transposed])
        : [],
    );
  expect(parts(gpt2)).toEqual([
    ['attn.c_attn.weight', '8,8,8', true],
    ['attn.c_proj.weight', '8', true],
    ['mlp.c_proj.weight', '8', true],
    ['mlp.c_fc.weight', '32', true],
  ]);
  const phi3 = createModelConfig({
    ...shape,
    keyValueHeads: 1,
    feedForward: 'swiglu',
    feedForwardWidth: 24,
    queryKeyNormalization: 'none',
    family: 'phi3',
  });
  expect(parts(phi3)).toEqual([
    ['self_attn.o_proj.weight', '8', false],
    ['mlp.down_proj.weight', '8', false],
    ['self_attn.qkv_proj.weight', '8,4,4', false],
    ['mlp.gate_up_proj.weight', '24,24', false],
  ]);
});

test('an optimizer that nobody knows in PyTorch is refused', () => {
  expect(() => parameterGroups(gpt2, gradientCapture)).toThrow(/cannot go on in PyTorch/);
});
