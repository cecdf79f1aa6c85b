import { describe, expect, it } from 'vitest';
import { filterLanguage, type LanguageIdentifier } from './language-filter.js';

const says = (language: string, score: number): LanguageIdentifier => ({
  identify: () => ({ language, score }),
});

describe('filterLanguage', () => {
  it('keeps a selected language above the threshold, not at it', () => {
    expect(filterLanguage('x', says('en', 0.66))).toEqual({ kind: 'pass', language: 'en', score: 0.66 });
    expect(filterLanguage('x', says('en', 0.65))).toMatchObject({ kind: 'drop', reason: 'low-score' });
    expect(filterLanguage('x', says('de', 0.99))).toMatchObject({ kind: 'drop', reason: 'not-selected' });
    expect(filterLanguage('x', says('en', 0.6), { threshold: 0.5 }).kind).toBe('pass');
  });

  it('keeps several languages, or every language for an empty list', () => {
    expect(filterLanguage('x', says('de', 0.9), { languages: ['en', 'de'] }).kind).toBe('pass');
    expect(filterLanguage('x', says('fi', 0.9), { languages: [] }).kind).toBe('pass');
    expect(filterLanguage('x', says('fi', 0.2), { languages: [] })).toMatchObject({ reason: 'low-score' });
  });

  it('shows the text to the identifier on one line', () => {
    const seen: string[] = [];
    const identifier: LanguageIdentifier = {
      identify(line) {
        seen.push(line);
        return { language: 'en', score: 1 };
      },
    };
    filterLanguage('one\ntwo\n\nthree', identifier);
    expect(seen).toEqual(['one two  three']);
  });
});
