import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { describe, expect, test } from 'vitest';
import { loadEncoding } from '../encodings/load-encoding.js';
import { toTokenizerJson } from '../formats/write-tokenizer-json.js';
import { type LearnedMerge, trainTokenizer } from '../train/train-tokenizer.js';
import { type MergeTree, mergeHistory } from './merge-history.js';

const texts = ['she sells sea shells by the sea shore', 'the shells she sells are sea shells, for sure'];
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('the history of a trained tokenizer', () => {
  test('its merges are those that were told of as they were learnt', async () => {
    const told: LearnedMerge[] = [];
    const tokenizer = await trainTokenizer(texts, {
      vocabularySize: 290,
      specialTokens: ['<|end|>'],
      onMerge: (merge) => told.push(merge),
    });
    const { pairs, results, count } = mergeHistory(tokenizer);
    expect(count).toBeGreaterThan(20);
    expect(told.flatMap(({ left, right }) => [left, right])).toEqual([...pairs]);
    expect(told.map(({ id }) => id)).toEqual([...results]);
    expect(told.map(({ bytes }) => latin1(bytes))).toEqual(
      [...results].map((id) => latin1(tokenizer.tokenBytes(id))),
    );
    // " s" stands eleven times in the texts (5 and 6), and nothing stands oftener: counted by hand.
    expect([latin1(told[0]!.bytes), told[0]!.count]).toEqual([' s', 11]);
    expect(told.every(({ count }, i) => i === 0 || count <= told[i - 1]!.count)).toBe(true);
  });

  test('after so many merges it encodes as Hugging Face does with the rest of the list cut off', async () => {
    const tokenizer = await trainTokenizer(texts, { vocabularySize: 285 });
    const file = JSON.parse(toTokenizerJson(tokenizer)) as { model: { merges: unknown[] } };
    const history = mergeHistory(tokenizer);
    for (const count of [0, 1, 5, 20, history.count]) {
      const cut = { ...file, model: { ...file.model, merges: file.model.merges.slice(0, count) } };
      const expected = new HuggingFaceTokenizer(cut, {}).encode(texts[1]!, { add_special_tokens: false }).ids;
      expect([...history.tokenizerAfter(count).encode(texts[1]!)]).toEqual(expected);
    }
  });
});

describe('the history of ranks', () => {
  test('the tree of a token is made of its bytes, in an order of merges', async () => {
    const tokenizer = await loadEncoding('gpt2');
    const history = mergeHistory(tokenizer);
    expect(history.count).toBe(50000);
    const bytesOf = ({ id, rank, parts }: MergeTree, below = Number.POSITIVE_INFINITY): string => {
      if (parts === undefined) return latin1(tokenizer.tokenBytes(id));
      expect(rank).toBeLessThan(below);
      return bytesOf(parts[0], rank) + bytesOf(parts[1], rank);
    };
    for (const word of [' hello', ' international', 'ization']) {
      const [id, more] = tokenizer.encode(word);
      expect(more).toBeUndefined();
      expect(bytesOf(history.treeOf(id!))).toBe(word);
    }
    // GPT-2's merges.txt begins: Ġ t, Ġ a, h e.
    expect([...history.results.slice(0, 3)].map((id) => latin1(tokenizer.tokenBytes(id)))).toEqual([
      ' t',
      ' a',
      'he',
    ]);
    expect(history.treeOf(50256)).toEqual({ id: 50256, rank: undefined, parts: undefined });
  });
});
