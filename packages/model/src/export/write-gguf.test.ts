import { expect, test } from 'vitest';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import { createModelConfig } from '../model-config.js';
import { writeGguf } from './write-gguf.js';

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
      expect([type, offset % 32]).toEqual([0, 0]);
      const length = shape.reduce((a, b) => a * b, 1);
      return [
        name,
        { shape, data: new Float32Array(file.slice(start + offset, start + offset + 4 * length).buffer) },
      ];
    }),
  );
  return { pairs, tensors };
}

const dimensions = { vocabularySize: 7, contextLength: 16, depth: 1, width: 8, heads: 2 };
const tokenizerJson = JSON.stringify({
  model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: [['a', 'b']] },
  added_tokens: [{ id: 4, content: '<|bos|>', special: true }],
});

test('Qwen3: keys, tokenizer and tensors', () => {
  const config = createModelConfig(dimensions);
  const parameters = oracleParameters(config);
  const { pairs, tensors } = read(
    writeGguf({ config, parameters, tokenizerJson, specialTokens: { bos: 4 } }),
  );
  expect(pairs).toMatchObject({
    'general.architecture': 'qwen3',
    'qwen3.block_count': 1,
    'qwen3.attention.head_count_kv': 2,
    'qwen3.rope.freq_base': 10_000,
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.tokens': ['a', 'b', 'ab', '[UNUSED3]', '<|bos|>', '[UNUSED5]', '[UNUSED6]'],
    'tokenizer.ggml.token_type': [1, 1, 1, 5, 3, 5, 5],
    'tokenizer.ggml.merges': ['a b'],
    'tokenizer.ggml.bos_token_id': 4,
  });
  expect(tensors.size).toBe(parameters.size);
  const query = parameters.get('model.layers.0.self_attn.q_proj.weight')!;
  expect(tensors.get('blk.0.attn_q.weight')).toEqual({ shape: [8, 8], data: query.data });
  // Innermost dimension first.
  expect(tensors.get('token_embd.weight')!.shape).toEqual([8, 7]);
});

test('Llama: neighbouring elements of a head turn together', () => {
  const config = createModelConfig({ ...dimensions, queryKeyNormalization: 'none', tiedHead: true });
  const parameters = oracleParameters(config);
  const { tensors } = read(writeGguf({ config, parameters }));
  const { data } = parameters.get('model.layers.0.self_attn.k_proj.weight')!;
  const rows = [0, 2, 1, 3, 4, 6, 5, 7].flatMap((row) => [...data.subarray(row * 8, row * 8 + 8)]);
  expect([...tensors.get('blk.0.attn_k.weight')!.data]).toEqual(rows);
  expect(tensors.has('output.weight')).toBe(false);
});

test('what GGUF cannot hold is refused', () => {
  const config = createModelConfig({ ...dimensions, feedForward: 'reluSquared' });
  expect(() => writeGguf({ config, parameters: oracleParameters(config) })).toThrow('Qwen3 and Llama');
  const plain = createModelConfig(dimensions);
  const parameters = oracleParameters(plain);
  expect(() =>
    writeGguf({ config: plain, parameters, tokenizerJson: '{"model":{"type":"Unigram"}}' }),
  ).toThrow('BPE');
});
