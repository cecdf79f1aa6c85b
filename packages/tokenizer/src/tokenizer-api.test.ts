/** Counting, truncating, offsets, streams, segments: properties on cl100k and a small trained vocabulary. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadEncoding, trainTokenizer } from './index.js';

// Slow: a whole published vocabulary is loaded and worked through

const alphabet = [
  'a',
  'the',
  ' ',
  '  ',
  '\n',
  "'s",
  '12',
  'é',
  '中文',
  'क्ष',
  '👍🏽',
  '👩‍👩‍👧',
  '\ud800',
  '\ufeff',
  '\u0085',
  '<|endoftext|>',
  '!?',
];
const text = fc.array(fc.constantFrom(...alphabet), { maxLength: 12 }).map((parts) => parts.join(''));
const wellFormed = (value: string): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(value));

describe.each([
  ['cl100k_base', await loadEncoding('cl100k_base')],
  [
    'trained',
    await trainTokenizer(['the theatre is there, the 12 中文 中文'], {
      vocabularySize: 290,
      specialTokens: ['<|endoftext|>'],
    }),
  ],
] as const)('%s', (_, tokenizer) => {
  const check = (property: (value: string) => void): void =>
    fc.assert(
      fc.property(text, (value) => {
        property(value);
      }),
      { numRuns: 400, seed: 9 },
    );

  test('a batch is the map, a count is the length, a round trip is the text', () => {
    check((value) => {
      const ids = tokenizer.encode(value);
      expect(tokenizer.encodeBatch([value, value])).toEqual([ids, ids]);
      expect(tokenizer.countTokens(value)).toBe(ids.length);
      expect(tokenizer.decode(ids)).toBe(wellFormed(value));
    });
  });

  test('segments are encoded each for itself', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const apart = tokenizer.countTokens(a) + tokenizer.countTokens(b);
        expect(tokenizer.countTokens([{ text: a }, { text: b }])).toBe(apart);
        expect([...tokenizer.encodeSegments([{ text: a }, { text: b }])]).toEqual([
          ...tokenizer.encode(a),
          ...tokenizer.encode(b),
        ]);
      }),
      { numRuns: 200, seed: 10 },
    );
  });

  test('a stream of single ids gives the whole text, and never half a character', () => {
    check((value) => {
      const ids = tokenizer.encode(value, { allowSpecial: true });
      const decoder = tokenizer.createStreamDecoder();
      let streamed = '';
      for (const id of ids) {
        const part = decoder.push(id);
        if (!wellFormed(value).includes('\ufffd')) expect(part).not.toContain('\ufffd');
        streamed += part;
      }
      expect(streamed + decoder.flush()).toBe(tokenizer.decode(ids));
    });
  });

  test('two streams do not mix, and a cut character ends in U+FFFD', () => {
    const ids = tokenizer.encode('👍');
    const cut = tokenizer.createStreamDecoder();
    const other = tokenizer.createStreamDecoder();
    expect(cut.push(...ids.slice(0, -1))).toBe('');
    expect(other.push(...ids)).toBe('👍');
    expect(cut.flush()).toBe('\ufffd');
    expect(cut.push(...ids)).toBe('👍');
  });

  test('truncated text begins the text, ends on a character and fits; the next token would not', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 8 }), (value, limit) => {
        const cut = tokenizer.truncate(value, limit);
        expect(value.startsWith(cut.text)).toBe(true);
        expect(cut.tokens).toBeLessThanOrEqual(limit);
        expect(tokenizer.countTokens(cut.text)).toBe(cut.tokens);
        const last = cut.text.charCodeAt(cut.text.length - 1);
        const next = value.charCodeAt(cut.text.length);
        expect((last & 0xfc00) === 0xd800 && (next & 0xfc00) === 0xdc00).toBe(false);
        if (tokenizer.countTokens(value) <= limit) expect(cut.text).toBe(value);
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  test('offsets: bytes are exact, units cover the characters that a token touches', () => {
    check((value) => {
      const located = tokenizer.encodeWithOffsets(value);
      const clean = wellFormed(value);
      const bytes = new TextEncoder().encode(clean);
      located.ids.forEach((id, i) => {
        expect([...bytes.slice(located.byteStarts[i], located.byteEnds[i])]).toEqual([
          ...tokenizer.tokenBytes(id),
        ]);
        const covered = new TextEncoder().encode(clean.slice(located.starts[i], located.ends[i]));
        expect(covered.length).toBeGreaterThanOrEqual(located.byteEnds[i]! - located.byteStarts[i]!);
        const before = new TextEncoder().encode(clean.slice(0, located.starts[i])).length;
        expect(before).toBeLessThanOrEqual(located.byteStarts[i]!);
        expect(before + covered.length).toBeGreaterThanOrEqual(located.byteEnds[i]!);
        // Not more than the characters touched.
        expect(located.byteStarts[i]! - before).toBeLessThan(4);
      });
    });
  });
});

test("tiktoken's own cases of offsets", async () => {
  const tokenizer = await loadEncoding('cl100k_base');
  const starts = (value: string): number[] => [
    ...tokenizer.encodeWithOffsets(value, { allowSpecial: true }).starts,
  ];
  expect(starts('hello world')).toEqual([0, 5]);
  expect(starts('hello world<|endoftext|> green cow')).toEqual([0, 5, 11, 24, 30]);
  expect(starts('我非常渴望与人工智能一起工作')).toEqual([
    0, 1, 2, 3, 3, 4, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12, 13,
  ]);
  expect(starts('நடிகர் சூர்யா')).toEqual([0, 0, 1, 1, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9, 9, 10, 11, 12, 12]);
  expect(starts(' Ġ除')).toEqual([0, 1]);
});

test('a trusted template around text that is not trusted', async () => {
  const tokenizer = await loadEncoding('cl100k_base');
  const ids = tokenizer.encodeSegments([
    { text: '<|endoftext|>', allowSpecial: true },
    { text: 'say <|endoftext|>' },
    { text: '<|endofprompt|><|endoftext|>', allowSpecial: ['<|endofprompt|>'] },
  ]);
  expect([...ids].filter((id) => id >= 100257)).toEqual([100257, 100276]);
});

test('holes stand for nothing, ids outside are errors', async () => {
  const tokenizer = await loadEncoding('cl100k_base');
  expect(tokenizer.decode([15339, 100256, 1917])).toBe('hello world');
  expect(tokenizer.byteLength(100256)).toBe(0);
  expect(() => tokenizer.decode([100277])).toThrow('There is no token 100277 (at index 0)');
});

test('a million of one letter, spaces, or random letters are linear', async () => {
  const tokenizer = await loadEncoding('cl100k_base');
  expect(tokenizer.countTokens('x'.repeat(1_000_000))).toBe(125_000);
  expect(tokenizer.countTokens(' '.repeat(1_000_000))).toBe(7813);
  const { text: cut, tokens } = tokenizer.truncate('x'.repeat(1_000_000), 1000);
  expect([cut.length, tokens]).toEqual([8000, 1000]);
});
