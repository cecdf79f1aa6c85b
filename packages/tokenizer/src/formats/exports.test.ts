/** What formats cannot hold is refused by name, and ids are kept where they can be. */

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LlmError } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { loadEncoding } from '../encodings/load-encoding.js';
import { trainTokenizer } from '../train/train-tokenizer.js';
import { toGgufTokenizer } from './gguf-tokenizer.js';
import { fromTokenizerJson } from './read-tokenizer-json.js';
import { fromTiktoken, toTiktoken } from './tiktoken-file.js';
import { toTokenizerJson } from './write-tokenizer-json.js';

// Slow: whole published vocabularies are written and read again

const trained = await trainTokenizer(['the cat that sat at the theatre'], {
  vocabularySize: 270,
  specialTokens: ['<|end|>'],
  pattern: 'gpt2',
});
const changed = (
  change: (file: { added_tokens: Record<string, unknown>[]; [key: string]: unknown }) => void,
): string => {
  const file = JSON.parse(toTokenizerJson(trained)) as { added_tokens: Record<string, unknown>[] };
  change(file);
  return JSON.stringify(file);
};
const problemOf = (work: () => unknown): string => {
  try {
    work();
    return '';
  } catch (error) {
    return LlmError.isInstance(error) ? `${error.code} ${error.message}` : String(error);
  }
};
const lossy: [string, string, string][] = [
  [
    'a normalizer',
    changed((file) => {
      file.normalizer = { type: 'Lowercase' };
    }),
    'Lowercase',
  ],
  [
    'a space before the text',
    changed((file) => {
      file.pre_tokenizer = { type: 'ByteLevel', add_prefix_space: true, use_regex: true };
    }),
    'add_prefix_space',
  ],
];

test.each(lossy)('%s has no place in GGUF and .tiktoken', (_, text, name) => {
  for (const write of [toGgufTokenizer, toTiktoken]) {
    const problem = problemOf(() => write(fromTokenizerJson(text)));
    expect(problem).toContain('tokenizer/export-unsupported');
    expect(problem).toContain(name);
  }
});

test.each(['lstrip', 'rstrip', 'single_word'])('%s has no place in GGUF', (flag) => {
  const text = changed((file) => {
    file.added_tokens[0]![flag] = true;
  });
  expect(problemOf(() => toGgufTokenizer(fromTokenizerJson(text)))).toContain(flag);
  expect(problemOf(() => toGgufTokenizer(trained))).toBe('');
});

test('a .tiktoken file only where ids are in the order of merges', () => {
  const file = JSON.parse(toTokenizerJson(trained)) as {
    model: { vocab: Record<string, number>; merges: string[][] };
  };
  const [first, second] = file.model.merges.map(([left, right]) => left! + right!);
  const { vocab } = file.model;
  [vocab[first!], vocab[second!]] = [vocab[second!]!, vocab[first!]!];
  expect(problemOf(() => toTiktoken(fromTokenizerJson(JSON.stringify(file))))).toContain('another order');
  const again = fromTiktoken(toTiktoken(trained), { pattern: 'gpt2' });
  for (const text of ['the cat that sat', 'theatre attest'])
    expect(again.encode(text)).toEqual(trained.encode(text));
});

test('two ids of one text are refused, whichever format would make them one', () => {
  const lines = toTiktoken(trained);
  const doubled = fromTiktoken(lines, { pattern: 'gpt2', specialTokens: { the: 400 } });
  expect(problemOf(() => toTokenizerJson(doubled))).toContain('one text, "the"');
  expect(problemOf(() => toGgufTokenizer(doubled))).toContain('one text, "the"');
});

test('training makes no token that a special token is', async () => {
  const tokenizer = await trainTokenizer(['the the the the theatre'], {
    vocabularySize: 262,
    specialTokens: ['the'],
  });
  const id = tokenizer.specialTokens.get('the')!;
  expect([...tokenizer.encode('the')]).not.toContain(id);
  expect(fromTokenizerJson(toTokenizerJson(tokenizer)).specialTokens).toEqual(tokenizer.specialTokens);
  await expect(trainTokenizer(['a'], { vocabularySize: 300, specialTokens: ['a'] })).rejects.toThrow(
    'single byte',
  );
});

const python = fileURLToPath(new URL('../../../../.peers/bin/python', import.meta.url));
const script = fileURLToPath(new URL('../../../../tooling/oracles/tokenizer/encode.py', import.meta.url));
if (!existsSync(python))
  process.stderr.write('SKIPPED: special ids in Rust need Python peers (npm run bench:peers)\n');
describe('published encodings as tokenizer.json keep every special id', () => {
  test.each(['r50k_base', 'p50k_base', 'p50k_edit', 'cl100k_base', 'o200k_base'] as const)(
    '%s',
    async (name) => {
      const tokenizer = await loadEncoding(name);
      const file = JSON.parse(toTokenizerJson(tokenizer)) as { model: { vocab: Record<string, number> } };
      const specials = [...tokenizer.specialTokens];
      // Hugging Face gives a token that is not in the vocabulary the next id after as many as there are.
      let next = Object.keys(file.model.vocab).length;
      for (const [text, id] of specials) expect(file.model.vocab[text] ?? next++).toBe(id);
      if (!existsSync(python)) return;
      const texts = ['Hello world', ...specials.map(([text]) => `a ${text} b`)];
      const output = execFileSync(python, [script], {
        input: JSON.stringify({ file, texts }),
        maxBuffer: 1 << 28,
      });
      expect(JSON.parse(output.toString())).toEqual(
        texts.map((text) => [...tokenizer.encode(text, { allowSpecial: true })]),
      );
    },
  );
});
