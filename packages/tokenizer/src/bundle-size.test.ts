/**
 * What a page downloads to count tokens: the code for published encodings, minified and compressed, without a
 * vocabulary.
 */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { bundle } from '@llm/build/bundle';
import { expect, test } from 'vitest';

test.each([
  ['published encodings', 'loadEncoding, encodingNameForModel', 15_500],
  ['tokenizer.json files, with the patterns they may hold', 'fromTokenizerJson', 34_000],
  ['everything', '*', 60_000],
])('the code for %s stays below its ceiling', async (_, names, ceiling) => {
  const code = await bundle({
    directory: fileURLToPath(new URL('.', import.meta.url)),
    entry: '../index.js',
    names,
    external: [/^#encodings\//, '@huggingface/jinja'],
  });
  const size = gzipSync(code, { level: 9 }).length;
  expect(size).toBeGreaterThan(5000);
  expect(size).toBeLessThan(ceiling);
});
