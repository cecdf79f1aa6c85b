import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nltkEnglish } from './nltk-english.js';
import { type PunktFiles, readPunktParameters } from './punkt-parameters.js';

/** By `tooling/oracles/data/nltk_words.py`: NLTK 3.8.1 with parameters of our own. */
const { files, rows } = JSON.parse(
  readFileSync(new URL('fixtures/nltk-english.json', import.meta.url), 'utf8'),
) as {
  readonly files: PunktFiles;
  readonly rows: readonly { text: string; sentences: string[]; words: string[] }[];
};
const { words, sentences } = nltkEnglish(readPunktParameters(files));

describe('nltkEnglish', () => {
  it.each(rows)('cuts $text as NLTK does', (row) => {
    expect(sentences(row.text)).toEqual(row.sentences);
    expect(words(row.text)).toEqual(row.words);
  });

  // Parts that the rules look for: each must be passed once.
  it.each(['.', '. ', ".'", ') ', ' ', '`', '--', 'a. ', ', ', "' ", '."--', 'U.S. '])(
    'takes a run of %j apart',
    (part) => {
      const run = part.repeat(10_000);
      for (const text of [run, `x.${run}b`, `x${run}. B`])
        expect(words(text).join('').replaceAll(/[`'"]/g, '').length).toBe(
          text.replaceAll(/[\s`'"]/g, '').length,
        );
    },
  );
});

describe('readPunktParameters', () => {
  it('names the line that is wrong', () => {
    expect(() => readPunktParameters({ ...files, 'ortho_context.tab': 'the\t54\nriver\n' })).toThrow(
      /ortho_context.tab, line 2: "river" is not a word, a tabulator and a number/,
    );
    expect(() => readPunktParameters({ ...files, 'collocations.tab': 'a b\n' })).toThrow(
      /collocations.tab, line 1/,
    );
  });
});
