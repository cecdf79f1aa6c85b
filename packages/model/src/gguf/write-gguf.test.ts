import { expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import { ggufParts, writeGguf } from './write-gguf.js';

/** Reads a GGUF file by the words of its specification, sharing no code with the writer. */
function read(file: Uint8Array) {
  const view = new DataView(file.buffer);
  let at = 0;
  const skip = (bytes: number): number => {
    at += bytes;
    return at - bytes;
  };
  const u32 = (): number => view.getUint32(skip(4), true);
  const u64 = (): number => Number(view.getBigUint64(skip(8), true));
  const string = (): string => {
    const length = u64();
    const start = skip(length);
    return new TextDecoder().decode(file.subarray(start, at));
  };
  const value = (type: number): unknown => {
    if (type === 4) return u32();
    if (type === 5) return view.getInt32(skip(4), true);
    if (type === 6) return view.getFloat32(skip(4), true);
    if (type === 7) return file[skip(1)] === 1;
    if (type === 8) return string();
    const element = u32();
    return Array.from({ length: u64() }, () => value(element));
  };
  expect([String.fromCharCode(...file.subarray(0, 4)), view.getUint32(4, true)]).toEqual(['GGUF', 3]);
  at = 8;
  const [tensorCount, pairCount] = [u64(), u64()];
  const pairs = Object.fromEntries(Array.from({ length: pairCount }, () => [string(), value(u32())]));
  const infos = Array.from({ length: tensorCount }, () => {
    const name = string();
    const shape = Array.from({ length: u32() }, u64);
    return { name, shape, type: u32(), offset: u64() };
  });
  const start = Math.ceil(at / 32) * 32;
  const tensors = new Map(
    infos.map(({ name, shape, type, offset }) => {
      expect(offset % 32).toBe(0);
      return [name, { shape, type, bytes: file.slice(start + offset) }];
    }),
  );
  return { pairs, tensors };
}

function floats({ shape, type, bytes }: { shape: number[]; type: number; bytes: Uint8Array }): number[] {
  expect(type).toBe(0);
  const length = shape.reduce((a, b) => a * b, 1);
  return [...new Float32Array(bytes.buffer.slice(0, 4 * length))];
}

const dimensions = { vocabularySize: 7, contextLength: 16, depth: 1, width: 8, heads: 2 };
const tokenizer = {
  model: 'gpt2',
  pre: 'qwen2',
  tokens: ['a', 'b', 'ab', '<|bos|>'],
  tokenTypes: [1, 1, 1, 3],
  merges: ['a b'],
};

test('Qwen3: keys, tokenizer and tensors', () => {
  const config = createModelConfig(dimensions);
  const parameters = oracleParameters(config);
  const { pairs, tensors } = read(
    writeGguf({ config, parameters, tokenizer, specialTokens: { bos: 3 }, chatTemplate: '{{ text }}' }),
  );
  expect(pairs).toMatchObject({
    'general.architecture': 'qwen3',
    'qwen3.block_count': 1,
    'qwen3.attention.head_count_kv': 2,
    'qwen3.rope.freq_base': 10_000,
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'qwen2',
    'tokenizer.chat_template': '{{ text }}',
    'tokenizer.ggml.tokens': ['a', 'b', 'ab', '<|bos|>', '[unused4]', '[unused5]', '[unused6]'],
    'tokenizer.ggml.token_type': [1, 1, 1, 3, 5, 5, 5],
    'tokenizer.ggml.merges': ['a b'],
    'tokenizer.ggml.bos_token_id': 3,
  });
  expect(tensors.size).toBe(parameters.size);
  const query = parameters.get('model.layers.0.self_attn.q_proj.weight')!;
  expect(tensors.get('blk.0.attn_q.weight')!.shape).toEqual([8, 8]);
  expect(floats(tensors.get('blk.0.attn_q.weight')!)).toEqual([...query.data]);
  // Innermost dimension first.
  expect(tensors.get('token_embd.weight')!.shape).toEqual([8, 7]);
});

test('Llama: neighbouring elements of a head turn together', () => {
  const config = createModelConfig({ ...dimensions, queryKeyNormalization: 'none', tiedHead: true });
  const parameters = oracleParameters(config);
  const { tensors } = read(writeGguf({ config, parameters }));
  const { data } = parameters.get('model.layers.0.self_attn.k_proj.weight')!;
  const rows = [0, 2, 1, 3, 4, 6, 5, 7].flatMap((row) => [...data.subarray(row * 8, row * 8 + 8)]);
  expect(floats(tensors.get('blk.0.attn_k.weight')!)).toEqual(rows);
  expect(tensors.has('output.weight')).toBe(false);
});

test('each type is stored as ggml lays it out; vectors stay float32', () => {
  const config = createModelConfig({ ...dimensions, width: 64, feedForwardWidth: 48 });
  const parameters = oracleParameters(config);
  const name = 'model.layers.0.self_attn.o_proj.weight';
  const row = parameters.get(name)!.data;
  row.fill(0, 0, 64);
  row.set([1, -2, 4, 7]);
  row[16] = -8;
  const tensorsOf = (dtype: 'f16' | 'q8_0' | 'q4_0') =>
    read(writeGguf({ config, parameters, dtype })).tensors;
  const start = (dtype: 'f16' | 'q8_0' | 'q4_0', count: number): number[] => {
    const { type, bytes } = tensorsOf(dtype).get('blk.0.attn_output.weight')!;
    return [type, ...bytes.subarray(0, count)];
  };
  expect(start('f16', 8)).toEqual([1, 0, 0x3c, 0, 0xc0, 0, 0x44, 0, 0x47]);
  // d = 8 / 127 in half precision, then w / d.
  expect(start('q8_0', 6)).toEqual([8, 0x08, 0x2c, 16, 256 - 32, 64, 111]);
  // d = 1; low half 8 + the first four, high half 8 + elements 16 to 19.
  expect(start('q4_0', 6)).toEqual([2, 0, 0x3c, 0x09, 0x86, 0x8c, 0x8f]);
  expect(tensorsOf('q4_0').get('token_embd.weight')!.type).toBe(8);
  expect(tensorsOf('q4_0').get('blk.0.ffn_down.weight')!.type).toBe(1);
  expect(tensorsOf('q4_0').get('blk.0.attn_norm.weight')!.type).toBe(0);
});

test('what Llama computes is written as Llama, whatever family it came from', () => {
  const config = createModelConfig({ ...dimensions, queryKeyNormalization: 'none' });
  const parameters = oracleParameters(config);
  expect(writeGguf({ config: { ...config, family: 'mistral' }, parameters })).toEqual(
    writeGguf({ config, parameters }),
  );
});

test('the parts are the file', () => {
  const config = createModelConfig(dimensions);
  const options = { config, parameters: oracleParameters(config), dtype: 'f16' } as const;
  expect(Buffer.concat([...ggufParts(options)]).equals(writeGguf(options))).toBe(true);
});

test('how to sample is written under the keys of llama.cpp, and only what is said', () => {
  const config = createModelConfig(dimensions);
  const options = { config, parameters: oracleParameters(config) };
  const sampling = { temperature: 0.5, topK: 40, repetitionPenalty: 1.25 };
  const keys = (pairs: object): object =>
    Object.fromEntries(Object.entries(pairs).filter(([key]) => key.startsWith('general.sampling.')));
  // llama-arch.cpp: LLM_KV_GENERAL_SAMPLING_*
  expect(keys(read(writeGguf({ ...options, sampling })).pairs)).toEqual({
    'general.sampling.temp': 0.5,
    'general.sampling.top_k': 40,
    'general.sampling.penalty_repeat': 1.25,
  });
  expect(keys(read(writeGguf(options)).pairs)).toEqual({});
});

test('what GGUF cannot hold is refused', () => {
  const config = createModelConfig({ ...dimensions, feedForward: 'reluSquared' });
  expect(() => writeGguf({ config, parameters: oracleParameters(config) })).toThrow('this model is another');
  const yarn = {
    type: 'yarn',
    factor: 4,
    originalContextLength: 16,
    betaFast: 16,
    betaSlow: 1,
    truncate: true,
    attentionFactor: 1.1,
  } as const;
  const olmo2 = { normPlacement: 'after', queryKeyNormalization: 'rmsWide' } as const;
  const gemma = {
    feedForward: 'gegluTanh',
    normalizationOffset: 1,
    normPlacement: 'both',
    embeddingScale: Math.sqrt(8),
  } as const;
  for (const [fields, part] of [
    [{ queryKeyNormalization: 'none', rotaryScaling: yarn }, 'its YaRN begins and ends'],
    [{ attentionWindow: 4 }, 'its Qwen3 has no window'],
    [{ queryKeyNormalization: 'none', rotaryWidth: 2, attentionWindow: 4 }, 'its Phi-3 has no window'],
    [{ queryKeyNormalization: 'none', rotatedLayers: [false] }, "this model's layer 0 is another"],
    [{ ...olmo2, tiedHead: true }, 'its OLMo 2 has a head of its own'],
    [{ ...olmo2, headWidth: 2 }, 'its OLMo 2 has heads that are together as wide as the model'],
    [{ ...olmo2, queryKeyNormalization: 'none' }, 'this model is another'],
    [{ ...gemma, attentionScale: 0.25 }, 'its Gemma 3 divides scores'],
    [{ ...gemma, rotaryScaling: { ...yarn, betaFast: 32 } }, 'no rotary scaling of the type yarn'],
  ] as const) {
    const other = createModelConfig({ ...dimensions, ...fields });
    expect(() => writeGguf({ config: other, parameters: oracleParameters(other) })).toThrow(part);
  }
  const small = createModelConfig({ ...dimensions, vocabularySize: 3 });
  expect(() => writeGguf({ config: small, parameters: oracleParameters(small), tokenizer })).toThrow(
    'has 4 tokens and 4 types for a model with a vocabulary of 3',
  );
});
