/** Against datatrove 0.10.1 (`tooling/oracles/data/decontamination.py`). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NgramIndex } from './ngram-index.js';

interface Row {
  readonly task: string;
  readonly query: string;
  readonly text: string;
}

const fixture = JSON.parse(
  readFileSync(new URL('./fixtures/decontamination.json', import.meta.url), 'utf8'),
) as {
  readonly rows: readonly Row[];
  readonly texts: readonly string[];
  readonly results: readonly {
    readonly options: Readonly<Record<string, number | boolean | undefined>>;
    readonly ngrams: number;
    /** N-gram by number of the text. */
    readonly found: Readonly<Record<string, string>>;
  }[];
};

function indexOf(rows: readonly Row[], options: Readonly<Record<string, number | boolean | undefined>> = {}) {
  const index = new NgramIndex({
    wordsPerNgram: options.n_grams as number | undefined,
    questions: options.find_query_ngrams as boolean | undefined,
    overlaps: options.find_overlap_ngrams as boolean | undefined,
  });
  for (const [row, { task, query, text }] of rows.entries())
    index.add({ question: query, answer: text, task, row });
  return index;
}

describe('NgramIndex', () => {
  it.each(fixture.results)('finds what datatrove finds: $options', ({ options, ngrams, found }) => {
    const index = indexOf(fixture.rows, options);
    expect(index.size).toBe(ngrams);
    const ours = fixture.texts.flatMap((text, number) => {
      const contamination = index.find(text);
      return contamination === undefined ? [] : [[String(number), contamination.ngram]];
    });
    expect(Object.fromEntries(ours)).toEqual(found);
    expect(ours.length).toBeGreaterThan(3);
    expect(ours.length).toBeLessThan(fixture.texts.length - 3);
  });

  it('names the first row that has the n-gram', () => {
    const row = {
      task: 'second',
      query: 'Who keeps the key of the old mill in winter?',
      text: 'Anna Gray keeps it.',
    };
    const index = indexOf([{ ...row, task: 'first', text: 'Nobody.' }, row, { ...row, task: 'third' }]);
    const text = 'They asked: who keeps the key of the old mill in winter — Anna Gray keeps it!';
    expect(index.find(text)).toEqual({
      ngram: 'who keeps the key of the old mill in winter anna gray',
      task: 'second',
      row: 1,
    });
    expect(index.find(text.replace('Anna', 'Berta'))).toBeUndefined();
  });

  it('is told from others by what it holds', () => {
    const [one, two] = [fixture.rows.slice(0, 6), fixture.rows.slice(0, 7)];
    expect(indexOf(one).identity).toEqual(indexOf(one).identity);
    expect(indexOf(one).identity).not.toEqual(indexOf(two).identity);
    expect(indexOf(one).identity).not.toEqual(indexOf([...one].reverse()).identity);
  });

  it('refuses n-grams of no words', () => {
    expect(() => new NgramIndex({ wordsPerNgram: 0 })).toThrow(/wordsPerNgram/);
  });
});
