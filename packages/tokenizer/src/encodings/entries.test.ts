/** The table of models is tiktoken's, and each entry holds one vocabulary and no way to the others. */
import { fileURLToPath } from 'node:url';
import { bundle } from '@llm/build/bundle';
import { describe, expect, test } from 'vitest';
import { loadEncoding as loadCl100k } from '../cl100k.js';
import { loadEncoding as loadO200k } from '../o200k.js';
import { loadEncoding as loadP50k } from '../p50k.js';
import { loadEncoding as loadR50k } from '../r50k.js';
import { loadEncoding } from './load-encoding.js';
import { encodingNameForModel } from './named-encodings.js';

describe('models', () => {
  // tiktoken.encoding_name_for_model of tiktoken 0.14.0.
  test.each([
    ['gpt-4o', 'o200k_base'],
    ['gpt-4o-mini-2024-07-18', 'o200k_base'],
    ['chatgpt-4o-latest', 'o200k_base'],
    ['gpt-5-nano', 'o200k_base'],
    ['o3-pro', 'o200k_base'],
    ['ft:gpt-4o-mini:me::1', 'o200k_base'],
    ['ft:gpt-4:me', 'cl100k_base'],
    ['gpt-4-0314', 'cl100k_base'],
    ['gpt-35-turbo', 'cl100k_base'],
    ['davinci-002', 'cl100k_base'],
    ['ft:babbage-002:me', 'cl100k_base'],
    ['text-embedding-3-large', 'cl100k_base'],
    ['davinci', 'r50k_base'],
    ['ada', 'r50k_base'],
    ['text-davinci-001', 'r50k_base'],
    ['text-davinci-003', 'p50k_base'],
    ['code-cushman-002', 'p50k_base'],
    ['code-davinci-edit-001', 'p50k_edit'],
    ['code-search-ada-code-001', 'r50k_base'],
    ['text-similarity-curie-001', 'r50k_base'],
    ['gpt-2', 'gpt2'],
  ])('%s → %s', (model, encoding) => {
    expect(encodingNameForModel(model)).toBe(encoding);
  });
  test.each(['', 'davinci-003', 'text-embedding-4', 'o2', 'gpt-oss-20b', 'gpt-6'])(
    '%j is unknown',
    (model) => {
      expect(() => encodingNameForModel(model)).toThrow('No encoding is known');
    },
  );
});

test('an entry gives the tokenizer of loadEncoding', async () => {
  const text = "It's 2024, naïve 中文\n\n";
  const loaders = {
    r50k_base: loadR50k,
    p50k_base: loadP50k,
    cl100k_base: loadCl100k,
    o200k_base: loadO200k,
  };
  for (const [name, load] of Object.entries(loaders)) {
    const expected = await loadEncoding(name as keyof typeof loaders);
    expect((await load()).encode(text)).toEqual(expected.encode(text));
    expect(await load()).toBe(await load());
  }
  expect((await loadP50k('p50k_edit')).vocabularySize).toBe(50284);
  await expect(loadR50k('o200k_base' as 'gpt2')).rejects.toThrow('no encoding "o200k_base" here');
});

test.each(['r50k', 'p50k', 'cl100k', 'o200k'])('the entry %s names one vocabulary', async (entry) => {
  const code = await bundle({
    directory: fileURLToPath(new URL('.', import.meta.url)),
    entry: `../../${entry}.js`,
    names: 'loadEncoding',
    external: [/^#encodings\//],
  });
  const named = [...new Set(new TextDecoder().decode(code).match(/#encodings\/\w+/g))];
  expect(named).toEqual([`#encodings/${entry}_base`]);
});
