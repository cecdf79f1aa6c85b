import { describe, expect, it } from 'vitest';
import { Page } from '../page/page.js';
import type { Verdict } from '../page/verdict.js';
import { type LanguageFilterOptions, type LanguageIdentifier, languageFilter } from './language-filter.js';

const says = (language: string, score: number): LanguageIdentifier => ({
  name: 'always the same',
  identify: () => ({ language, score }),
});
const verdict = (
  content: string,
  identifier: LanguageIdentifier,
  options?: Omit<LanguageFilterOptions, 'identifier'>,
): Verdict => languageFilter({ identifier, ...options }).run(new Page({ content }));

describe('languageFilter', () => {
  it('keeps a selected language above the threshold, not at it', () => {
    expect(verdict('x', says('en', 0.66))).toMatchObject({
      kind: 'keep',
      language: 'en',
      languageScore: 0.66,
    });
    expect(verdict('x', says('en', 0.65))).toMatchObject({ kind: 'drop', reason: 'low-score' });
    expect(verdict('x', says('de', 0.99))).toMatchObject({ kind: 'drop', reason: 'not-selected' });
    expect(verdict('x', says('en', 0.6), { threshold: 0.5 }).kind).toBe('keep');
  });

  it('keeps several languages, or every language for an empty list', () => {
    expect(verdict('x', says('de', 0.9), { languages: ['en', 'de'] }).kind).toBe('keep');
    expect(verdict('x', says('fi', 0.9), { languages: [] }).kind).toBe('keep');
    expect(verdict('x', says('fi', 0.2), { languages: [] })).toMatchObject({ reason: 'low-score' });
  });

  it('shows the text to the identifier on one line', () => {
    const seen: string[] = [];
    const identifier: LanguageIdentifier = {
      name: 'listener',
      identify(line) {
        seen.push(line);
        return { language: 'en', score: 1 };
      },
    };
    verdict('one\ntwo\n\nthree', identifier);
    expect(seen).toEqual(['one two  three']);
  });

  it('asks again in lower case where most letters are capitals, and takes the surer answer', () => {
    const identifier: LanguageIdentifier = {
      name: 'by case',
      identify: (line) =>
        /[A-Z]{3}/.test(line) ? { language: 'ja', score: 0.3 } : { language: 'en', score: 0.9 },
    };
    expect(verdict('ALL OF IT IN CAPITALS', identifier)).toMatchObject({ kind: 'keep', languageScore: 0.9 });
    expect(verdict('most of this line is small BUT not all', identifier).kind).toBe('drop');
    expect(verdict('ALL OF IT IN CAPITALS', identifier, { lowerCapitals: false })).toMatchObject({
      reason: 'not-selected',
      language: 'ja',
    });
    const sure: LanguageIdentifier = {
      name: 'surer in capitals',
      identify: (line) => ({ language: 'en', score: line === line.toLowerCase() ? 0.2 : 0.8 }),
    };
    expect(verdict('CAPITALS', sure)).toMatchObject({ kind: 'keep', languageScore: 0.8 });
  });

  it('refuses a language that the identifier does not know', () => {
    const identifier = {
      name: 'two',
      languages: ['en', 'deu_Latn'],
      identify: () => ({ language: 'en', score: 1 }),
    };
    expect(() => languageFilter({ identifier, languages: ['en', 'de'] })).toThrow(
      /two knows no language "de", .* It writes them as deu_Latn/,
    );
    expect(() => languageFilter({ identifier, languages: ['deu_Latn'] })).not.toThrow();
  });
});
