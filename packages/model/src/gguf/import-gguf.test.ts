import { LlmError } from '@llm/core';
import { expect, test } from 'vitest';
import { rotaryFrequencies } from '../attention/rotary-frequencies.js';
import { createModelConfig } from '../config/create-model-config.js';
import type { Llama3RotaryScaling } from '../config/model-config.js';
import { ggufBytes, pair, tensor, text, u32, valueTypes } from '../fixtures/gguf-bytes.js';
import { tinyConfig } from '../fixtures/memorized-parameters.js';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import { dequantize } from './blocks/dequantize.js';
import { ggufConfig } from './gguf-config.js';
import { importGguf } from './import-gguf.js';
import { readGgufBlocks } from './read-parameters.js';
import { bytesSource } from './reading/byte-source.js';
import { openGguf } from './reading/open-gguf.js';
import { type GgufOptions, writeGguf } from './write-gguf.js';

const tokenizer = {
  model: 'gpt2',
  pre: 'qwen2',
  tokens: ['a', 'b', 'ab', '<|bos|>'],
  tokenTypes: [1, 1, 1, 3],
  merges: ['a b'],
};
const yarn = {
  type: 'yarn',
  factor: 4,
  originalContextLength: 12,
  betaFast: 32,
  betaSlow: 1,
  truncate: true,
  attentionFactor: 0.1 * Math.log(4) + 1,
} as const;
const biased = { attentionBias: true, feedForwardBias: true, keyValueHeads: 2, tiedHead: false };

test.each([
  ['qwen3', {}],
  ['llama', {}],
  ['llama', biased],
  ['gpt2', {}],
  ['llama', { attentionBias: true, attentionOutputBias: false }],
  ['llama', { rotaryScaling: { type: 'linear', factor: 4 } }],
  ['llama', { rotaryScaling: yarn }],
  ['gemma3_text', { depth: 7, windowedLayers: [true, true, true, true, true, false] }],
  ['gemma3_text', { depth: 5, windowedLayers: [true, false, false], logitSoftcap: 3 }],
  ['gemma3_text', { attentionWindow: undefined, windowedLayers: [true], localRotaryBase: undefined }],
  // The largest: its scores are divided by the root of width / heads.
  ['gemma3_text', { depth: 62, headWidth: 8, attentionScale: 1 / Math.sqrt(16), windowedLayers: [true] }],
  ['phi3', { attentionWindow: undefined, family: undefined }],
  ['smollm3', { depth: 5, rotatedLayers: [true, true, true, false] }],
  ['olmo2', { rotaryScaling: yarn }],
] as const)('%s %j: what was written is read', async (family, overrides) => {
  const config = tinyConfig(family, overrides);
  const options: GgufOptions = { config, parameters: oracleParameters(config), name: 'Tiny' };
  const read = await importGguf(bytesSource(writeGguf(options)));
  expect(read.config).toEqual(config);
  expect(new Set(read.parameters.keys())).toEqual(new Set(options.parameters.keys()));
  for (const [name, { shape, data }] of options.parameters) {
    const found = read.parameters.get(name)!;
    expect([found.shape, found.data.length]).toEqual([shape, data.length]);
    const error = data.reduce((most, value, i) => Math.max(most, Math.abs(value - found.data[i]!)), 0);
    // Gains of Gemma had a one added to them and taken away.
    expect(error).toBeLessThanOrEqual(config.normalizationOffset === 1 && name.includes('norm') ? 2e-7 : 0);
  }
  expect([read.name, read.tokenizer, read.chatTemplate]).toEqual(['Tiny', undefined, undefined]);
});

test('the tokenizer, its special tokens and the chat template', async () => {
  const config = tinyConfig('llama');
  const file = writeGguf({
    config,
    parameters: oracleParameters(config),
    tokenizer,
    specialTokens: { bos: 3, eos: 2 },
    chatTemplate: '{{ text }}',
  });
  const read = await importGguf(bytesSource(file));
  expect(read.tokenizer).toMatchObject({ model: 'gpt2', pre: 'qwen2', merges: ['a b'], addBos: true });
  expect(read.tokenizer!.tokens.slice(0, 5)).toEqual(['a', 'b', 'ab', '<|bos|>', '[unused4]']);
  expect(read.tokenizer!.tokenTypes.slice(0, 5)).toEqual([1, 1, 1, 3, 5]);
  expect(read.specialTokens).toMatchObject({ bos: 3, eos: 2, eot: undefined });
  expect(read.chatTemplate).toBe('{{ text }}');
  // SentencePiece's has scores and flags.
  const scored = {
    ...tokenizer,
    model: 'llama',
    pre: 'default',
    merges: [],
    scores: [0, -1, -0.5, 0],
    addBos: false,
    addEos: true,
    addSpacePrefix: false,
    removeExtraWhitespaces: false,
    unknownId: 0,
    bosId: 3,
    eosId: 1,
  };
  const specialTokens = { eot: 2, padding: 1 };
  const bytes = writeGguf({ config, parameters: oracleParameters(config), tokenizer: scored, specialTokens });
  const again = await importGguf(bytesSource(bytes));
  const { tokens, tokenTypes, scores } = again.tokenizer!;
  expect({
    ...again.tokenizer!,
    tokens: tokens.slice(0, 4),
    tokenTypes: tokenTypes.slice(0, 4),
    scores: scores!.slice(0, 4),
  }).toEqual(scored);
  expect(again.specialTokens).toEqual({
    bos: 3,
    eos: 1,
    eot: 2,
    unknown: 0,
    padding: 1,
    separator: undefined,
  });
});

test('blocks as they are stored, rows in our order', async () => {
  const config = tinyConfig('llama');
  const parameters = oracleParameters(config);
  const file = await openGguf(bytesSource(writeGguf({ config, parameters, dtype: 'q8_0' })));
  const whole = await importGguf(bytesSource(writeGguf({ config, parameters, dtype: 'q8_0' })));
  let quantized = 0;
  for await (const [name, blocks] of readGgufBlocks(file, await ggufConfig(file))) {
    expect(dequantize(blocks)).toEqual(whole.parameters.get(name));
    if (blocks.type !== 'Q8_0') continue;
    quantized++;
    const original = parameters.get(name)!.data;
    const far = dequantize(blocks).data.some((value, i) => Math.abs(value - original[i]!) > 2e-3);
    expect([name, far]).toEqual([name, false]);
  }
  expect(quantized).toBe(15);
});

const scaling = (
  factor: number,
  lowFrequencyFactor: number,
  highFrequencyFactor: number,
  originalContextLength: number,
): Llama3RotaryScaling => ({
  type: 'llama3',
  factor,
  lowFrequencyFactor,
  highFrequencyFactor,
  originalContextLength,
});

test.each([
  ['Llama 3.1', 128, 500_000, scaling(8, 1, 4, 8192), true],
  ['Llama 3.2', 64, 500_000, scaling(32, 1, 4, 8192), true],
  ['another window', 64, 10_000, scaling(4, 1, 4, 16), true],
  ['other bounds', 128, 500_000, scaling(8, 2, 7, 3000), false],
] as const)(
  'the rotary scaling of %s is found in its factors',
  async (_, headWidth, rotaryBase, rotaryScaling, same) => {
    const config = tinyConfig('llama', { headWidth, rotaryBase, rotaryScaling });
    const file = await openGguf(bytesSource(writeGguf({ config, parameters: oracleParameters(config) })));
    const read = await ggufConfig(file);
    if (same) expect(read).toEqual(config);
    const expected = rotaryFrequencies(config);
    for (const [i, frequency] of rotaryFrequencies(read).entries())
      expect(Math.abs(frequency / expected[i]! - 1)).toBeLessThan(1e-5);
  },
);

/** A Llama of one tensor, to see what its keys make of it. */
const llama = (...pairs: Uint8Array[]) =>
  openGguf(
    bytesSource(
      ggufBytes({
        pairs: [
          pair('general.architecture', string, text('llama')),
          ...['context_length', 'block_count'].map((key) => pair(`llama.${key}`, uint32, u32(8))),
          pair('llama.embedding_length', uint32, u32(16)),
          pair('llama.feed_forward_length', uint32, u32(32)),
          pair('llama.attention.head_count', uint32, u32(4)),
          pair(
            'llama.attention.layer_norm_rms_epsilon',
            valueTypes.float32,
            new Uint8Array(Float32Array.of(1e-5).buffer),
          ),
          ...pairs,
        ],
        tensors: [tensor('token_embd.weight', [16, 7], 0, 0)],
        data: new Uint8Array(4 * 16 * 7),
      }),
      'a.gguf',
    ),
  ).then(ggufConfig);
const { uint32, string, array } = valueTypes;
const list = (...values: number[]): Uint8Array[] => [
  u32(uint32),
  u32(values.length),
  u32(0),
  ...values.map(u32),
];

test('keys say what the model is; what is not computed here is refused by name', async () => {
  expect(await llama(pair('llama.attention.head_count_kv', array, ...list(2, 2, 2)))).toMatchObject({
    vocabularySize: 7,
    headWidth: 4,
    keyValueHeads: 2,
    normalizationEpsilon: 1e-5,
    rotaryBase: 10_000,
    tiedHead: true,
    attentionBias: false,
  });
  for (const [key, says] of [
    [
      pair('llama.attention.head_count_kv', array, ...list(2, 4)),
      '"llama.attention.head_count_kv" differs from layer',
    ],
    [pair('llama.expert_count', uint32, u32(8)), '"llama.expert_count" is 8, and only 0 is supported'],
    [pair('llama.rope.dimension_count', uint32, u32(2)), '"llama.rope.dimension_count" is 2, and only 4'],
    [pair('llama.rope.scaling.type', string, text('longrope')), 'longrope'],
  ] as const)
    await expect(llama(key)).rejects.toMatchObject({
      code: 'model/gguf-unsupported',
      message: expect.stringContaining(says) as string,
    });
  const twice = openGguf(
    bytesSource(ggufBytes({ pairs: [pair('general.architecture', string, text('mamba'))] }), 'a.gguf'),
  );
  await expect(twice.then(ggufConfig)).rejects.toThrow(
    'a.gguf cannot be read: its architecture "mamba" is not supported (llama, qwen2, qwen3, gemma3, phi3, smollm3, olmo2, gpt2',
  );
});

test('tensors that are missing, too many or of another shape are named', async () => {
  const config = createModelConfig({ vocabularySize: 7, contextLength: 8, depth: 1, width: 32, heads: 2 });
  const parameters = oracleParameters(config);
  const bytes = Buffer.from(writeGguf({ config, parameters, dtype: 'f16' }));
  const renamed = (from: string, to: string): Uint8Array =>
    new Uint8Array(Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1'));
  const refusal = async (file: Uint8Array): Promise<string> => {
    const error: unknown = await importGguf(bytesSource(file, 'a.gguf')).catch((problem: unknown) => problem);
    return LlmError.isInstance(error) ? `${error.code}: ${error.message}` : String(error);
  };
  expect(await refusal(renamed('blk.0.attn_v.weight', 'blk.0.attn_w.weight'))).toMatch(
    /model\/parameters-mismatch.*v_proj\.weight" is missing; "blk\.0\.attn_w\.weight" is not part/,
  );
  expect(await refusal(renamed('blk.0.ffn_gate.weight', 'blk.7.ffn_gate.weight'))).toContain(
    'is not part of this',
  );
  // IQ1_M instead of F16 for one tensor: it opens, and is not read.
  const file = writeGguf({
    config: createModelConfig({ ...config, width: 256, headWidth: 128 }),
    parameters: oracleParameters(createModelConfig({ ...config, width: 256, headWidth: 128 })),
    dtype: 'q4_k',
  });
  const name = Buffer.from(file).indexOf('blk.0.attn_q.weight');
  file[name + 'blk.0.attn_q.weight'.length + 4 + 16] = 18;
  expect(await refusal(file)).toMatch(
    /gguf-type-unsupported: Tensor "blk\.0\.attn_q\.weight" .* IQ3_XXS; F32, F16/,
  );
});
