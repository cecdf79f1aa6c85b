/**
 * Small tokenizers of every mixture against Hugging Face `tokenizers`, recorded by
 * tooling/oracles/tokenizer/tokenizer-fixtures.py.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { sharedDataPath } from '@llm/build/shared-data';
import { describe, expect, test } from 'vitest';
import { fromTokenizerJson } from './read-tokenizer-json.js';
import { toTokenizerJson } from './write-tokenizer-json.js';

interface Fixture {
  readonly vocabulary: readonly string[];
  readonly cases: readonly {
    readonly file: {
      readonly normalizer: unknown;
      readonly model: {
        readonly words: readonly (number | null)[];
        readonly more: Record<string, number>;
        readonly merges: string[][];
      };
    };
    /** Text, ids, offsets in UTF-16 units. */
    readonly texts: readonly (readonly [string, readonly number[], readonly (readonly [number, number])[]])[];
  }[];
}
const { vocabulary, cases } = JSON.parse(
  readFileSync(new URL('../fixtures/tokenizers.json', import.meta.url), 'utf8'),
) as Fixture;

test('ids, with special tokens recognised, also after writing and reading; offsets where nothing is normalized', () => {
  for (const { file, texts } of cases) {
    const { words, more, ...model } = file.model;
    const listed = vocabulary.map((text, i) => [text, words[i]] as const).filter(([, id]) => id !== null);
    const json = JSON.stringify({
      ...file,
      model: { ...model, vocab: { ...Object.fromEntries(listed), ...more } },
    });
    const tokenizer = fromTokenizerJson(json);
    const again = fromTokenizerJson(toTokenizerJson(tokenizer));
    for (const [text, ids, offsets] of texts) {
      const where = `${JSON.stringify(text)} ${JSON.stringify({ ...file, model: undefined })}`;
      expect([...tokenizer.encode(text, { allowSpecial: true })], where).toEqual(ids);
      expect([...again.encode(text, { allowSpecial: true })], where).toEqual(ids);
      const located = tokenizer.encodeWithOffsets(text, { allowSpecial: true });
      expect([...located.ids]).toEqual(ids);
      // A byte without a token shifts Hugging Face's offsets inside its word, by the length of its stand-in.
      const hasAllBytes = words.slice(0, 256).every((id) => id !== null);
      if (file.normalizer !== null || !hasAllBytes) continue;
      expect(
        Array.from(located.starts, (start, i) => [start, located.ends[i]]),
        where,
      ).toEqual(offsets);
    }
  }
});

const folder = sharedDataPath('faults-model');
const files = folder === undefined ? [] : readdirSync(folder).filter((name) => name.startsWith('tok-'));
describe.skipIf(files.length === 0)('tokenizers of public reports', () => {
  test.each(files)('%s', (name) => {
    const report = JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as {
      tokenizer: unknown;
      cases: { text: string; ids: number[]; offsets: number[][]; decoded: string }[];
    };
    const tokenizer = fromTokenizerJson(JSON.stringify(report.tokenizer));
    for (const { text, ids, offsets, decoded } of report.cases) {
      const located = tokenizer.encodeWithOffsets(text, { allowSpecial: true });
      expect([...tokenizer.encode(text, { allowSpecial: true })]).toEqual(ids);
      expect(Array.from(located.starts, (start, i) => [start, located.ends[i]])).toEqual(offsets);
      expect(tokenizer.decode(ids)).toBe(decoded);
    }
  });
});
