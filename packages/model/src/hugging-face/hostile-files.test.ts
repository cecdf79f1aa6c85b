import { createRandom, LlmError } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { expect, test } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import architectures from '../fixtures/tiny-architectures.json' with { type: 'json' };
import gpt2 from '../fixtures/tiny-gpt2.json' with { type: 'json' };
import llama from '../fixtures/tiny-llama.json' with { type: 'json' };
import nanochat from '../fixtures/tiny-nanochat.json' with { type: 'json' };
import qwen3 from '../fixtures/tiny-qwen3-tied.json' with { type: 'json' };
import { initialParameters } from '../weights/initial-parameters.js';
import { parseIndex } from '../weights/weight-files.js';
import { fromHuggingFaceConfig, toHuggingFaceConfig } from './config.js';
import { exportHuggingFace } from './export-model.js';
import { importHuggingFace } from './import-model.js';

const random = createRandom(9);
const small = createModelConfig({ depth: 1, width: 16, heads: 2, vocabularySize: 9, contextLength: 8 });
const sources: readonly object[] = [
  gpt2.config,
  llama.config,
  nanochat.config,
  qwen3.config,
  toHuggingFaceConfig(small),
  ...Object.values(architectures.cases).map(({ config }) => config),
];
const pieces = [
  'null',
  'true',
  '-1',
  '0',
  '0.5',
  '1e999',
  '-1e999',
  '9007199254740993',
  '2147483648',
  '"8"',
  '""',
  '[]',
  '[[[]]]',
  '{}',
  '{"__proto__":{"x":1}}',
  '{"rope_type":"llama3"}',
  '["full_attention",7]',
  `"${'x'.repeat(1000)}"`,
];

/** The JSON with one value, at any depth, replaced by another. */
function damaged(source: object): string {
  const text = JSON.stringify(source);
  const values = [...text.matchAll(/:("[^"]*"|-?[\d.e+-]+|true|false|null|\[|\{)/g)];
  const { index, 0: found } = random.pick(values);
  const rest = text.slice(index + found.length);
  if (/[[{]$/.test(found))
    return `${text.slice(0, index)}:${random.pick(pieces)},"rest":${found.slice(1)}${rest}`;
  return `${text.slice(0, index)}:${random.pick(pieces)}${rest}`;
}

const codeOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
    return 'none';
  } catch (error) {
    if (!LlmError.isInstance(error)) throw error;
    expect(error.message.length).toBeLessThan(1500);
    return error.code;
  }
};

test('ten thousand damaged configurations are read or refused by name, soon and in few words', async () => {
  const begun = Date.now();
  let refused = 0;
  for (let round = 0; round < 10_000; round++) {
    const text =
      round % 5 === 0
        ? JSON.stringify(random.pick(sources)).slice(0, random.integer(400))
        : damaged(random.pick(sources));
    const code = await codeOf(() => fromHuggingFaceConfig(text, 'config.json'));
    expect(code, text).toMatch(/^(none|model\/config-(unreadable|invalid))$/);
    if (code !== 'none') refused++;
  }
  expect(refused).toBeGreaterThan(4000);
  expect(Date.now() - begun).toBeLessThan(60_000);
});

test('an index or a generation_config.json that is anything is an error with a name', async () => {
  for (const text of [
    ...pieces,
    '{"weight_map":7}',
    '{"weight_map":{"a":null}}',
    '{"weight_map":{"a":{"b":1}}}',
    '{',
  ])
    expect(await codeOf(() => parseIndex(text, 'index'))).toBe('model/index-invalid');
  const store = new MemoryStore();
  const parameters = initialParameters(small, 1);
  await exportHuggingFace(store, 'm', { config: small, parameters, specialTokens: { bos: 1, eos: [2, 3] } });
  expect((await importHuggingFace(store, 'm')).specialTokens).toEqual({ bos: 1, eos: [2, 3] });
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  for (const text of [
    '{',
    'null',
    '[]',
    '7',
    '{"eos_token_id":"x"}',
    '{"eos_token_id":[1,-2]}',
    '{"bos_token_id":1.5}',
  ]) {
    await store.write('m/generation_config.json', bytes(text));
    expect(await codeOf(() => importHuggingFace(store, 'm')), text).toBe('model/config-unreadable');
  }
  await store.write('m/generation_config.json', bytes('{"eos_token_id":null,"bos_token_id":[]}'));
  expect((await importHuggingFace(store, 'm')).specialTokens).toEqual({ bos: 1, eos: [2, 3] });
  await store.write('m/generation_config.json', bytes('{"eos_token_id":[50256,3],"bos_token_id":50256}'));
  expect((await importHuggingFace(store, 'm')).specialTokens).toEqual({ bos: undefined, eos: 3 });
  for (const specialTokens of [{ bos: 9 }, { eos: -1 }, { eos: [1, Number.NaN] }])
    expect(
      await codeOf(() => exportHuggingFace(store, 'x', { config: small, parameters, specialTokens })),
    ).toBe('model/token-out-of-range');
});
