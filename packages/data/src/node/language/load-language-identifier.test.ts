import { describe, expect, it } from 'vitest';
import { languageFilter } from '../../language/language-filter.js';
import { Page } from '../../page/page.js';
import { loadLanguageIdentifier } from './load-language-identifier.js';

/** Article 1 of the Universal Declaration of Human Rights. */
const article = {
  en: 'All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and should act towards one another in a spirit of brotherhood.',
  de: 'Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen.',
  fr: 'Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité.',
  es: 'Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y conciencia, deben comportarse fraternalmente los unos con los otros.',
  ru: 'Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.',
  ja: 'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。',
};

describe('loadLanguageIdentifier', () => {
  it('recognizes article 1 in six languages', { timeout: 30_000 }, async () => {
    const identifier = await loadLanguageIdentifier();
    for (const [language, text] of Object.entries(article)) {
      const guess = identifier.identify(text);
      expect(guess.language).toBe(language);
      expect(guess.score).toBeGreaterThan(0.65);
      expect(guess.score).toBeLessThanOrEqual(1);
      expect(identifier.identify(text)).toEqual(guess);
    }
    expect(await loadLanguageIdentifier()).toBe(identifier);
  });

  it('knows them in capitals, which the filter asks about in lower case', { timeout: 30_000 }, async () => {
    const filter = languageFilter({ identifier: await loadLanguageIdentifier(), languages: [] });
    for (const [language, text] of Object.entries(article)) {
      const verdict = await filter.run(new Page({ content: text.toUpperCase() }));
      expect(verdict).toMatchObject({ kind: 'keep', language });
    }
  });

  it('has an answer for a text without words', { timeout: 30_000 }, async () => {
    const { score } = (await loadLanguageIdentifier()).identify('');
    expect(score).toBeGreaterThanOrEqual(0);
    expect(score).toBeLessThanOrEqual(1);
  });
});
