/**
 * Ids against the wasm build of tiktoken: exact, on real text of hundreds of languages and on hostile text.
 * The oracle is slow, so by default a cut of the real texts is compared; LLM_TOKENIZER_ORACLE=full compares
 * much more (about a minute).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { createRandom } from '@llm/core';
import { get_encoding } from 'tiktoken';
import { afterAll, describe, expect, test } from 'vitest';
import { loadEncoding } from './load-encoding.js';
import { type EncodingName, namedEncodings } from './named-encodings.js';

// Slow: four vocabularies in two implementations over many languages

const isFull = process.env.LLM_TOKENIZER_ORACLE === 'full';
const names = Object.keys(namedEncodings) as EncodingName[];
const readLines = (path: string): string[] => gunzipSync(readFileSync(path)).toString().trim().split('\n');
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const wellFormed = (text: string): string => utf8.decode(new TextEncoder().encode(text));

const udhrPath = sharedDataPath('lang-udhr/udhr.jsonl.gz');
const linguaPath = sharedDataPath('lang-lingua/sentences.jsonl.gz');
const booksPath = sharedDataPath('text-books/books');
const htmlPath = sharedDataPath('html-goose/pages.warc.gz');

function realTexts(): string[] {
  const texts: string[] = [];
  if (udhrPath !== undefined) {
    for (const line of readLines(udhrPath))
      texts.push((JSON.parse(line) as { text: string }).text.slice(0, isFull ? 2500 : 250));
  }
  if (linguaPath !== undefined) {
    const sentences = readLines(linguaPath).filter((_, i) => i % (isFull ? 11 : 150) === 0);
    texts.push(sentences.map((line) => (JSON.parse(line) as { text: string }).text).join('\n'));
  }
  if (booksPath !== undefined) {
    for (const file of readdirSync(booksPath).slice(0, isFull ? 3 : 1)) {
      texts.push(
        gunzipSync(readFileSync(`${booksPath}/${file}`))
          .toString()
          .slice(0, isFull ? 200_000 : 30_000),
      );
    }
  }
  if (htmlPath !== undefined)
    texts.push(
      gunzipSync(readFileSync(htmlPath))
        .subarray(0, isFull ? 600_000 : 100_000)
        .toString(),
    );
  texts.push(readFileSync(new URL('../bpe-tokenizer.ts', import.meta.url), 'utf8'));
  return texts.map(wellFormed);
}

function hostileTexts(): string[] {
  const random = createRandom(7, 'hostile');
  const pieces = [
    'a',
    'B',
    ' ',
    '  ',
    '\n',
    '\r\n',
    '\t',
    "'s",
    "'LL",
    "'ſ",
    '12',
    '3',
    'é',
    'É',
    '中',
    'क',
    'ि',
    '\u0301',
    '\u0085',
    '\ufeff',
    '\u00a0',
    '!',
    '<|',
    '👍',
    '𝐀',
    '/',
    '_',
    'ǅ',
    '\u3000',
    '\u0000',
  ];
  const mixtures = Array.from({ length: 250 }, () =>
    Array.from({ length: random.integer(30) }, () => random.pick(pieces)).join(''),
  );
  const bytes = Array.from({ length: 30 }, () =>
    utf8.decode(Uint8Array.from({ length: 200 }, () => random.integer(256))),
  );
  const repeats = ['^', '0', 'a', "'s", ' ', '\n', '中', 'xy', '\u0000', ' a'].flatMap((unit) => [
    unit.repeat(isFull ? 1000 : 400),
    ` ${unit.repeat(333)}`,
    `${unit.repeat(64)}\n`,
    `${unit.repeat(65)}x`,
  ]);
  const letters = Array.from({ length: 20 }, () =>
    Array.from({ length: 300 }, () => String.fromCharCode(97 + random.integer(26))).join(''),
  );
  return [
    ...mixtures,
    ...bytes,
    ...repeats,
    ...letters,
    '',
    'a\n  ',
    '\n \n  ',
    ' \x850',
    '\ufeffhi',
    'rer',
    "'rer",
  ];
}

const texts = [...hostileTexts(), ...realTexts()];

describe.each(names)('%s', (name) => {
  const oracle = get_encoding(name);
  afterAll(() => oracle.free());

  test('encodes as tiktoken does', async () => {
    const tokenizer = await loadEncoding(name);
    // gpt2, r50k and p50k share a pattern and nearly a vocabulary: the real texts once will do.
    const isShort = !isFull && (name === 'gpt2' || name === 'p50k_edit' || name === 'p50k_base');
    for (const text of isShort ? texts.slice(0, 300) : texts) {
      const expected = oracle.encode_ordinary(text);
      const ids = tokenizer.encode(text);
      if (
        Buffer.compare(
          Buffer.from(ids.buffer, 0, ids.byteLength),
          Buffer.from(expected.buffer, expected.byteOffset, expected.byteLength),
        ) !== 0
      ) {
        expect([...ids], JSON.stringify(text.slice(0, 100))).toEqual([...expected]);
      }
      expect(tokenizer.countTokens(text)).toBe(expected.length);
      expect(tokenizer.decode(ids)).toBe(text);
    }
  });

  test('special tokens: refused by default, allowed one by one or all', async () => {
    const tokenizer = await loadEncoding(name);
    const specials = Object.keys(namedEncodings[name].specialTokens);
    const samples = [
      ...specials.flatMap((special) => [
        special,
        `hello ${special} world`,
        `${special}${special}`,
        ` ${special}\n`,
      ]),
      `${specials.join('')} <|endof <|endoftext|`,
      'no special at all <|nothing|>',
    ];
    for (const sample of samples) {
      expect([...tokenizer.encode(sample)]).toEqual([...oracle.encode(sample, [], [])]);
      expect([...tokenizer.encode(sample, { allowSpecial: true })]).toEqual([
        ...oracle.encode(sample, 'all'),
      ]);
      for (const special of specials) {
        const expected = [...oracle.encode(sample, [special], [])];
        expect([...tokenizer.encode(sample, { allowSpecial: [special] })]).toEqual(expected);
      }
    }
  });
});

test('the sizes are the published ones', async () => {
  const sizes = await Promise.all(
    names.map(async (name) => [name, (await loadEncoding(name)).vocabularySize]),
  );
  expect(Object.fromEntries(sizes)).toEqual({
    gpt2: 50257,
    r50k_base: 50257,
    p50k_base: 50281,
    p50k_edit: 50284,
    cl100k_base: 100277,
    o200k_base: 200019,
  });
});
