/**
 * BPE of characters against Hugging Face `tokenizers` and sentencepiece, recorded by
 * tooling/oracles/tokenizer/sentencepiece-fixtures.py.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { BpeTokenizer } from '../bpe-tokenizer.js';
import { textOfByteToken } from '../vocabulary/character-vocabulary.js';
import { fromGgufTokenizer, toGgufTokenizer } from './gguf-tokenizer.js';
import { fromTokenizerJson } from './read-tokenizer-json.js';
import { toTokenizerJson } from './write-tokenizer-json.js';

interface Fixture {
  readonly cases: readonly {
    readonly file: {
      readonly normalizer: unknown;
      readonly model: {
        readonly vocab: readonly string[];
        readonly unk_token: string | null;
        readonly byte_fallback: boolean;
        readonly ignore_merges: boolean;
      };
    };
    /** Id of the first byte token. */
    readonly bytes: number | null;
    /** Text, ids, offsets in UTF-16 units, decoded; other ids, decoded. */
    readonly texts: readonly (readonly [
      text: string,
      ids: readonly number[],
      offsets: readonly (readonly [number, number])[],
      decoded: string,
      mixed: readonly number[],
      mixedDecoded: string,
    ])[];
  }[];
  readonly scored: {
    readonly pieces: readonly string[];
    readonly types: readonly number[];
    readonly scores: readonly number[];
    readonly texts: readonly (readonly [text: string, ids: readonly number[], decoded: string])[];
  };
}
const { cases, scored } = JSON.parse(
  readFileSync(new URL('../fixtures/sentencepiece.json', import.meta.url), 'utf8'),
) as Fixture;
const byteTokens = Array.from({ length: 256 }, (_, byte) => textOfByteToken(byte));

function streamed(tokenizer: BpeTokenizer, ids: readonly number[]): string {
  const decoder = tokenizer.createStreamDecoder();
  return ids.map((id) => decoder.push(id)).join('') + decoder.flush();
}

test('ids, offsets and text of small tokenizers, also after writing and reading', () => {
  for (const { file, bytes, texts } of cases) {
    const words = [...file.model.vocab];
    if (bytes !== null) words.splice(bytes, 0, ...byteTokens);
    const vocab = Object.fromEntries(words.map((word, id) => [word, id]));
    const tokenizer = fromTokenizerJson(JSON.stringify({ ...file, model: { ...file.model, vocab } }));
    const again = fromTokenizerJson(toTokenizerJson(tokenizer));
    for (const [text, ids, offsets, decoded, mixed, mixedDecoded] of texts) {
      const where = `${JSON.stringify(text)} ${JSON.stringify({ ...file, model: undefined })}`;
      expect([...tokenizer.encode(text, { allowSpecial: true })], where).toEqual(ids);
      expect([...again.encode(text, { allowSpecial: true })], where).toEqual(ids);
      expect(tokenizer.countTokens(text, { allowSpecial: true })).toBe(ids.length);
      for (const each of [tokenizer, again]) {
        expect(each.decode(ids), where).toBe(decoded);
        expect(each.decode(mixed), where).toBe(mixedDecoded);
        expect(streamed(each, mixed)).toBe(mixedDecoded);
      }
      const located = tokenizer.encodeWithOffsets(text, { allowSpecial: true });
      expect([...located.ids]).toEqual(ids);
      // Hugging Face counts in the text before NFKC and Strip, and shifts after characters that are left out.
      const isOther = /NFKC|Strip/.test(JSON.stringify(file.normalizer));
      const leavesOut = file.model.unk_token === null && (bytes === null || !file.model.byte_fallback);
      const spellsByte = file.model.ignore_merges && text.includes('<0x');
      if (isOther || leavesOut || spellsByte) continue;
      expect(
        Array.from(located.starts, (start, i) => [start, located.ends[i]]),
        where,
      ).toEqual(offsets);
    }
  }
});

const tokens = [...scored.pieces];
tokens.splice(3, 0, ...byteTokens);
const lists = {
  model: 'llama',
  pre: 'default',
  tokens,
  tokenTypes: scored.types,
  merges: [],
  scores: scored.scores,
};

test('a vocabulary with scores gives the ids and the text of sentencepiece, as scores and as merges', () => {
  expect(scored.types.slice(0, 4)).toEqual([2, 3, 3, 6]);
  const tokenizer = fromGgufTokenizer(lists);
  const asMerges = fromTokenizerJson(toTokenizerJson(tokenizer));
  const asScores = fromGgufTokenizer(toGgufTokenizer(asMerges));
  for (const [text, ids, decoded] of scored.texts) {
    for (const each of [tokenizer, asMerges, asScores]) {
      expect([...each.encode(text)], text).toEqual(ids);
      expect(each.decode(ids)).toBe(decoded);
      expect(streamed(each, ids)).toBe(decoded);
    }
  }
});

test('byteLength and decodeBytes count the space that is put before a text', () => {
  const tokenizer = fromGgufTokenizer(lists);
  const ids = tokenizer.encode('The cat 🐈');
  expect(ids.reduce((sum, id) => sum + tokenizer.byteLength(id), 0)).toBe(13);
  expect(new TextDecoder().decode(tokenizer.decodeBytes(ids))).toBe(' The cat 🐈');
  expect(new TextDecoder().decode(tokenizer.decodeBytes(ids.subarray(ids.length - 4)))).toBe('🐈');
  const { starts, ends } = tokenizer.encodeWithOffsets('The cat');
  expect([starts[0], ends.at(-1)]).toEqual([0, 7]);
});

test('segments are one text: a space goes before the first and after control tokens, not after text', () => {
  const tokenizer = fromGgufTokenizer(lists);
  const whole = [...tokenizer.encode('<s>The cat', { allowSpecial: true })];
  const segments = [{ text: '<s>', allowSpecial: true }, { text: 'The' }, { text: ' cat' }];
  expect([...tokenizer.encodeSegments(segments)]).toEqual(whole);
  expect(tokenizer.decode(tokenizer.encode('The', { after: 'text' }))).toBe('The');
  expect(tokenizer.tokenBytes(tokenizer.encode('The', { after: 'text' })[0]!)[0]).not.toBe(0x20);
});

test.each([
  ['scores that are missing', { scores: undefined }, 'tokenizer/file-invalid', 'scores'],
  ['too few scores', { scores: [1] }, 'tokenizer/file-invalid', 'scores'],
  [
    'a score that is no number',
    { scores: tokens.map(() => Number.NaN) },
    'tokenizer/file-invalid',
    'scores[0]',
  ],
  ['too few types', { tokenTypes: [1] }, 'tokenizer/file-invalid', 'token_type'],
  ['a token twice', { tokens: tokens.map(() => 'a') }, 'tokenizer/file-invalid', 'tokens[1]'],
  ['an id outside', { unknownId: 5000 }, 'tokenizer/file-invalid', 'unknown_token_id'],
  ['whitespace removed', { removeExtraWhitespaces: true }, 'tokenizer/model-unsupported', 'remove_extra'],
  ['another model', { model: 't5' }, 'tokenizer/model-unsupported', '"t5"; gpt2, llama and gemma4'],
  [
    'an unknown pattern',
    { model: 'gpt2', pre: 'no-such' },
    'tokenizer/model-unsupported',
    'known are a.x-4.0',
  ],
])('%s is refused by name', (_, change, code, named) => {
  expect(() => fromGgufTokenizer({ ...lists, ...change })).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(named) }) as Error,
  );
});
