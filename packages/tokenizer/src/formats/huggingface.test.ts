/**
 * Against recorded results of Hugging Face `tokenizers` and rustbpe
 * (tooling/oracles/tokenizer/huggingface-fixtures.py).
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createPreTokenizer } from '../pretokenize/pre-tokenizer.js';
import { trainTokenizer } from '../train/train-tokenizer.js';
import { bytesToAlphabet } from '../vocabulary/byte-alphabet.js';
import { tokenOf } from '../vocabulary/token-bytes.js';
import { fromTokenizerJson } from './read-tokenizer-json.js';
import { toTokenizerJson } from './write-tokenizer-json.js';

interface Fixture {
  readonly corpus: readonly string[];
  readonly texts: readonly string[];
  readonly variants: readonly {
    readonly name: string;
    readonly file: unknown;
    readonly ids: readonly number[][];
  }[];
  readonly merges: readonly {
    readonly pattern: string;
    readonly vocabularySize: number;
    readonly merges: string[][];
  }[];
  readonly rustbpe: { readonly pattern: string; readonly tokens: string[] };
}
const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/huggingface.json', import.meta.url), 'utf8'),
) as Fixture;

describe.each(fixture.variants)('tokenizer.json of the kind $name', ({ name, file, ids }) => {
  const tokenizer = fromTokenizerJson(JSON.stringify(file));
  test('gives the ids of Hugging Face, whose special tokens are always recognised', () => {
    fixture.texts.forEach((text, i) => {
      expect([...tokenizer.encode(text, { allowSpecial: true })], JSON.stringify(text)).toEqual(ids[i]);
    });
  });
  test('written and read again it gives the same', () => {
    const again = fromTokenizerJson(toTokenizerJson(tokenizer));
    fixture.texts.forEach((text, i) => {
      expect([...again.encode(text, { allowSpecial: true })]).toEqual(ids[i]);
    });
  });
  test('without permission no special token comes out', () => {
    const special = tokenizer.specialTokens.get('<|end|>')!;
    for (const text of fixture.texts) expect(tokenizer.encode(text)).not.toContain(special);
    const isExact = !/lower case|prefix|qwen/.test(name);
    if (isExact)
      for (const text of fixture.texts) expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  });
  test('offsets lie end to end over the text', () => {
    for (const text of fixture.texts) {
      const located = tokenizer.encodeWithOffsets(text, { allowSpecial: true });
      const bytes = new TextEncoder().encode(located.text);
      expect([...located.byteStarts].slice(1)).toEqual([...located.byteEnds].slice(0, -1));
      expect(located.byteEnds.at(-1)).toBe(bytes.length);
      located.ids.forEach((id, i) => {
        const own = bytes.slice(located.byteStarts[i], located.byteEnds[i]);
        const content = new TextDecoder().decode(own).trim();
        if (content === '<pad>') return;
        // The space that is put before a text is not in it.
        const isInserted = name.includes('prefix') && own.length < tokenizer.tokenBytes(id).length;
        expect([...(isInserted ? [32] : []), ...own]).toEqual([...tokenizer.tokenBytes(id)]);
      });
    }
  });
});

test.each(fixture.merges)(
  'training learns the merges of Hugging Face ($vocabularySize)',
  async (expected) => {
    const tokenizer = await trainTokenizer(fixture.corpus, {
      vocabularySize: expected.vocabularySize,
      pattern: createPatternOf(expected.pattern),
    });
    const { merges } = JSON.parse(toTokenizerJson(tokenizer)).model as { merges: string[][] };
    expect(merges).toEqual(expected.merges);
  },
);

test('training learns the tokens of rustbpe in its order of bytes', async () => {
  const { pattern, tokens } = fixture.rustbpe;
  const vocabularySize = 256 + tokens.length;
  const tokenizer = await trainTokenizer(fixture.corpus, {
    vocabularySize,
    byteOrder: 'byte',
    pattern: createPatternOf(pattern),
  });
  const learned = Array.from({ length: vocabularySize - 256 }, (_, i) =>
    Buffer.from(tokenOf(tokenizer.definition.tokens, 256 + i)).toString('hex'),
  );
  expect(learned).toEqual(tokens);
  expect(bytesToAlphabet(tokenOf(tokenizer.definition.tokens, 65))).toBe('A');
});

function createPatternOf(source: string): RegExp | 'cl100k' {
  return createPreTokenizer({ source }).scanner === createPreTokenizer('cl100k').scanner
    ? 'cl100k'
    : new RegExp(source, 'u');
}
