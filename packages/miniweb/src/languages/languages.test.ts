import { getLIDModel } from 'fasttext.wasm.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { miniwebPages } from '../pages/miniweb-pages.js';

/** lid.176.ftz: the compressed form of the model FineWeb uses. */
let identify: (text: string) => [score: number, language: string];

beforeAll(async () => {
  const lid = await getLIDModel();
  await lid.load();
  identify = (text) => {
    const [score, label] = lid.model!.predict(text.replaceAll('\n', ' '), 1, 0).get(0)!;
    return [score, label.replace('__label__', '')];
  };
});

describe('language', () => {
  const pages = [...miniwebPages({ seed: 'language', pages: 400 })].filter(
    (page) => page.truth.mainText !== '',
  );

  test('every page in another language is recognised as that language, well above the threshold', () => {
    const seen = new Set<string>();
    for (const { truth } of pages.filter((page) => page.truth.reason === 'not-selected')) {
      const [score, language] = identify(truth.mainText);
      expect(language).toBe(truth.language);
      expect(score).toBeGreaterThan(0.9);
      seen.add(language);
    }
    expect([...seen].sort()).toEqual(['cs', 'de', 'es', 'fr', 'it', 'ja', 'nl', 'pl', 'pt', 'ru']);
  });

  test('every page that a later step decides is English with a score above 0.65', () => {
    const later = pages.filter(({ truth }) => truth.step !== 'language' && truth.step !== 'url');
    expect(later.length).toBeGreaterThan(250);
    for (const { truth } of later) {
      const [score, language] = identify(truth.mainText);
      expect(language, truth.kind).toBe('en');
      expect(score, truth.kind).toBeGreaterThan(0.7);
    }
  });

  test('the phrase book is English with a low score', () => {
    const books = pages.filter(({ truth }) => truth.reason === 'low-score');
    expect(books).toHaveLength(2);
    for (const { truth } of books) {
      const [score, language] = identify(truth.mainText);
      expect(language).toBe('en');
      expect(score).toBeLessThan(0.5);
    }
  });
});
