import type { RunEvent } from '@llm/core';
import { LlmError } from '@llm/core';
import { expect, test } from 'vitest';
import { bytesToAlphabet } from '../vocabulary/byte-alphabet.js';
import { tokenOf } from '../vocabulary/token-bytes.js';
import { type TrainTokenizerOptions, trainTokenizer } from './train-tokenizer.js';

const byteTokens = (text: string): string[] =>
  [...new TextEncoder().encode(text)].map((byte) => String.fromCharCode(byte));

/**
 * Merges found by counting every pair anew before each
 * merge: the definition of BPE training, slow and simple.
 */
function trainByDefinition(pieces: readonly string[], merges: number): string[] {
  const order = new Map(Array.from({ length: 256 }, (_, byte) => [String.fromCharCode(byte), byte]));
  const rank = (token: string): number => order.get(token)!;
  let words = pieces.map(byteTokens);
  const found: string[] = [];
  while (found.length < merges) {
    const counts = new Map<string, { pair: [string, string]; count: number }>();
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        const key = `${rank(word[i]!)},${rank(word[i + 1]!)}`;
        const entry = counts.get(key) ?? { pair: [word[i]!, word[i + 1]!], count: 0 };
        entry.count++;
        counts.set(key, entry);
      }
    }
    const best = [...counts.values()].sort(
      (a, b) => b.count - a.count || rank(a.pair[0]) - rank(b.pair[0]) || rank(a.pair[1]) - rank(b.pair[1]),
    )[0];
    if (best === undefined) break;
    const joined = best.pair.join('');
    order.set(joined, order.size);
    found.push(joined);
    words = words.map((word) => {
      const next: string[] = [];
      for (let i = 0; i < word.length; i++) {
        if (word[i] === best.pair[0] && word[i + 1] === best.pair[1]) {
          next.push(joined);
          i++;
        } else next.push(word[i]!);
      }
      return next;
    });
  }
  return found;
}

const text = `the theme of this thesis: that other mother, then thither. aaaaaaa aaa aa abababab
  "Hush," she said; she sells sea shells. 1000 100 10 11 111 1111 — naïve naïveté, Привет привет приветы!`.repeat(
  2,
);

async function learned(
  options: Partial<TrainTokenizerOptions> = {},
  texts: Iterable<string> = [text],
): Promise<string[]> {
  const tokenizer = await trainTokenizer(texts, {
    vocabularySize: 330,
    byteOrder: 'byte',
    pattern: 'gpt2',
    ...options,
  });
  const { tokens } = tokenizer.definition;
  return Array.from({ length: tokenizer.vocabularySize - 256 }, (_, i) => tokenOf(tokens, 256 + i)).map(
    (bytes) => String.fromCharCode(...bytes),
  );
}

test('the merges are those of the definition, ties included', async () => {
  const pieces: string[] = text.match(
    /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu,
  )!;
  expect(await learned()).toEqual(trainByDefinition(pieces, 74));
});

test('the Wikipedia example', async () => {
  const tokenizer = await trainTokenizer(['aaabdaaabac'], {
    vocabularySize: 259,
    pattern: /.+/,
    byteOrder: 'byte',
  });
  expect([...tokenizer.encode('aaabdaaabac')]).toEqual([258, 100, 258, 97, 99]);
});

test('neither the order of documents nor how they are delivered matters', async () => {
  const documents = text.split(/(?<=\n)/).concat(['she the other', 'mother']);
  const reversed = async function* (): AsyncGenerator<string> {
    yield* documents.toReversed();
  };
  const expected = await learned({}, documents);
  const tokenizer = await trainTokenizer(reversed(), {
    vocabularySize: 330,
    byteOrder: 'byte',
    pattern: 'gpt2',
  });
  const again = Array.from({ length: 74 }, (_, i) =>
    bytesToAlphabet(tokenOf(tokenizer.definition.tokens, 256 + i)),
  );
  expect(again).toEqual(
    expected.map((token) => bytesToAlphabet(Uint8Array.from(token, (c) => c.charCodeAt(0)))),
  );
});

test('counts beyond 2^32 keep their order', async () => {
  const { PieceCounter } = await import('./piece-counter.js');
  const { createPreTokenizer } = await import('../pretokenize/pre-tokenizer.js');
  const { MergeTrainer } = await import('./merge-trainer.js');
  const counter = new PieceCounter(createPreTokenizer('gpt2'));
  const view = new DataView(new TextEncoder().encode('abcd\0\0\0\0\0\0\0\0').buffer);
  counter.addPiece(view, 0, 2, 2 ** 32 + 1);
  counter.addPiece(view, 2, 2, 2 ** 33);
  counter.addPiece(view, 1, 2, 5);
  const baseBytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const trainer = new MergeTrainer(counter, {
    baseBytes,
    minFrequency: 1,
    maxTokenLength: Number.POSITIVE_INFINITY,
  });
  expect([trainer.step(), trainer.step(), trainer.step(), trainer.step()]).toEqual([
    { count: 2 ** 33 },
    { count: 2 ** 32 + 1 },
    { count: 5 },
    undefined,
  ]);
});

test('minimum frequency and longest token are kept', async () => {
  const events: RunEvent[] = [];
  const rare = await learned({
    minFrequency: 6,
    vocabularySize: 600,
    onEvent: (event) => events.push(event),
  });
  expect(rare.length).toBeGreaterThan(0);
  expect(rare.length).toBeLessThan(344);
  expect(
    events.some((event) => event.type === 'warning' && event.code === 'tokenizer/vocabulary-not-filled'),
  ).toBe(true);
  const short = await learned({ maxTokenLength: 3 });
  expect(Math.max(...short.map((token) => token.length))).toBe(3);
});

test('an impossible size, a repeated special token and an abort are refused', async () => {
  const codeOf = (options: Partial<TrainTokenizerOptions>): Promise<string> =>
    learned(options).then(
      () => 'no error',
      (error: unknown) => (LlmError.isInstance(error) ? error.code : (error as Error).name),
    );
  expect(await codeOf({ vocabularySize: 256, specialTokens: ['<|a|>'] })).toBe(
    'tokenizer/vocabulary-size-invalid',
  );
  expect(await codeOf({ specialTokens: ['<|a|>', '<|a|>'] })).toBe('tokenizer/special-token-invalid');
  expect(await codeOf({ signal: AbortSignal.abort() })).toBe('AbortError');
});
