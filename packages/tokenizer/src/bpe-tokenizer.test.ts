import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { LlmError } from '@llm/core';
import { completionContract, conversationRendererContract, tokenizerContract } from '@llm/core/testing';
import { describe, expect, test } from 'vitest';
import {
  type BpeTokenizer,
  chatSpecialTokens,
  createChatRenderer,
  fromTokenizerJson,
  toTokenizerJson,
  trainTokenizer,
} from './index.js';
import { type PatternName, patterns } from './pretokenize/patterns.js';

const corpus = [
  'The quick brown fox jumps over the lazy dog. The dog was not amused; the fox was.\n',
  "It's 12:30 and they've 1,234 apples, we'll count: 1 2 3 4 10 100 1000.\n\n\tfunction fox(dog) { return dog + 1; }\n",
  'Привет мир, привет лиса. 你好世界，你好狐狸。 مرحبا بالعالم\r\n  naïve café\n',
];
const texts = [
  ...corpus,
  'Entirely new words, 98765 and 👩‍👩‍👧‍👦🇪🇺!',
  "don't DON'T we'LL\u0085 \ufeff\u00a0 x\n\n\n  y   ",
  ' '.repeat(300),
  'aaaaaaaaaa'.repeat(40),
  '<|bos|> <|assistant_end|>',
];

const train = (pattern: PatternName | RegExp): Promise<BpeTokenizer> =>
  trainTokenizer(corpus, { vocabularySize: 420, specialTokens: chatSpecialTokens, pattern });

describe.each([...Object.keys(patterns), 'a RegExp'])('trained with the pattern %s', async (name) => {
  const tokenizer = await train(name === 'a RegExp' ? /\s+|\w+|[^\s\w]+/ : (name as PatternName));
  tokenizerContract({ test, expect }, () => tokenizer);

  test('toTokenizerJson → fromTokenizerJson keeps every id', () => {
    const again = fromTokenizerJson(toTokenizerJson(tokenizer));
    expect(again.vocabularySize).toBe(tokenizer.vocabularySize);
    expect(again.specialTokens).toEqual(tokenizer.specialTokens);
    for (const text of texts) expect(again.encode(text)).toEqual(tokenizer.encode(text));
    expect(toTokenizerJson(again)).toBe(toTokenizerJson(tokenizer));
  });

  test('@huggingface/tokenizers loads the file and gives the same ids', () => {
    const other = new HuggingFaceTokenizer(JSON.parse(toTokenizerJson(tokenizer)), {});
    // It splits by JavaScript's own \s, which lacks U+0085
    // and has U+FEFF, and always recognises special tokens.
    for (const text of texts.filter((value) => !/[\u0085\ufeff]|<\|/.test(value))) {
      expect(other.encode(text, { add_special_tokens: false }).ids, text).toEqual([
        ...tokenizer.encode(text),
      ]);
    }
  });
});

describe('chat renderer', async () => {
  const tokenizer = await train('cl100k');
  const create = () => ({ tokenizer, renderer: createChatRenderer(tokenizer) });
  conversationRendererContract({ test, expect }, create);
  completionContract({ test, expect }, create);
});

describe('encode', async () => {
  const tokenizer = await train('cl100k');
  test('long text in many windows is the text piece by piece', () => {
    const text = texts.join(' word\n').repeat(100);
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
    // ' word' after a letter begins a piece, so encoding distributes over this cut.
    const half = text.indexOf(' word\n', text.length / 2);
    const parts = [...tokenizer.encode(text.slice(0, half)), ...tokenizer.encode(text.slice(half))];
    expect([...tokenizer.encode(text)]).toEqual(parts);
  });
  test('a lone surrogate becomes U+FFFD', () => {
    expect(tokenizer.decode(tokenizer.encode('a\ud800b'))).toBe('a\ufffdb');
  });
  test('an id outside the vocabulary is an error', () => {
    for (const id of [-1, 420, 1.5, Number.NaN]) {
      let thrown: unknown;
      try {
        tokenizer.decode([1, id]);
      } catch (error) {
        thrown = error;
      }
      expect(LlmError.isInstance(thrown) && thrown.code).toBe('tokenizer/id-unknown');
    }
  });
});
