import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { wordsIn } from './words-by-language.js';

/** By `word_cases.py`: `·` where datatrove 0.10 cuts within a piece, `␣` for blanks in words. */
const cases = JSON.parse(
  readFileSync(new URL('fixtures/words-by-language.json', import.meta.url), 'utf8'),
) as Record<string, string>;

describe('wordsIn', () => {
  // Words of datatrove 0.10 (spaCy 3.8) for the same texts.
  it.each([
    [
      'ces_Latn',
      'Starý most (z roku 1890) vede; je krásný.',
      'Starý most ( z roku 1890 ) vede ; je krásný .',
    ],
    ['deu_Latn', 'Der 17. Oktober – ein grau-blauer Tag.', 'Der 17. Oktober – ein grau-blauer Tag .'],
    ['de', 'Der 17. Oktober – ein grau-blauer Tag.', 'Der 17. Oktober – ein grau-blauer Tag .'],
    ['spa_Latn', '¿Quién vive en la casa franco-alemana?', '¿ Quién vive en la casa franco-alemana ?'],
    ['fra_Latn', "L'eau de l’île n'est pas à vendre.", "L' eau de l’ île n' est pas à vendre ."],
    ['pol_Latn', 'Jej 28-letnia siostra, lekarka.', 'Jej 28 - letnia siostra , lekarka .'],
    ['ita_Latn', "Dall'acqua nell'orto: è tutto.", "Dall' acqua nell' orto : è tutto ."],
    ['rus_Cyrl', 'В 1990-х годах здесь был порт — парк.', 'В 1990-х годах здесь был порт — парк .'],
    ['heb_Hebr', 'עומד ליד הנהר, והגשר חדש.', 'עומד ליד הנהר , והגשר חדש .'],
    ['fin_Latn', 'Vanha silta-alue on 1900-luvun paikka.', 'Vanha silta-alue on 1900-luvun paikka .'],
    ['hin_Deva', 'यह 12.5 कि.मी. है।\tअच्छा', 'यह 12.5 कि . मी . है । अच्छा'],
    ['hin_Deva', '12.5 कि.मी. और 3.5', '12 . 5 कि . मी . और 3.5'],
    ['urd_Arab', 'پل، پرانا ہے۔ 1,234.5 کلومیٹر؟', 'پل ، پرانا ہے ۔ 1 , 234 . 5 کلومیٹر؟'],
    ['vie_Latn', 'Ông ở TP. Hồ Chí Minh, 1.234 km.', 'Ông ở TP. Hồ Chí Minh , 1.234 km .'],
    ['lvs_Latn', 'Vecais jūras-krasts, kluss.', 'Vecais jūras - krasts , kluss .'],
  ])('cuts %s', (language, text, words) => {
    expect(wordsIn(text, language)).toEqual(words.split(' '));
  });

  it.each(Object.entries(cases))('cuts exceptions, marks and numbers of %s', (language, row) => {
    const plain = (text: string): string => text.replaceAll('␣', ' ');
    expect(wordsIn(plain(row.replaceAll('·', '')), language)).toEqual(row.split(/[ ·]/).map(plain));
  });

  it('sees an exception across one blank, and no other white space', () => {
    expect(wordsIn('los EE. UU. y', 'es')).toEqual(['los', 'EE. UU.', 'y']);
    expect(wordsIn('los EE.  UU. y', 'es')).toEqual(['los', 'EE', '.', 'UU', '.', 'y']);
    expect(wordsIn('los EE.\nUU. y', 'es')).toEqual(['los', 'EE', '.', 'UU', '.', 'y']);
  });

  // Each of them has a language whose patterns repeat.
  it.each(['1', '1-', 'a-', 'a/', "a'", 'ί*', '.1', '+1', "'", 'a@', '::'])(
    'takes a run of %s apart in any language',
    (piece) => {
      const run = piece.repeat(10_000);
      for (const language of ['ca', 'el', 'fr', 'hi', 'hu', 'id', 'it', 'pl', 'pt', 'ro', 'sl', 'tr'])
        for (const text of [run, `${run}!`]) expect(wordsIn(text, language).join('')).toBe(text);
    },
  );

  it('cuts what is written without blanks, and loses nothing', () => {
    for (const [language, text] of [
      ['zh', '桥的另一边有一个小花园。'],
      ['jpn_Jpan', '橋の向こうに小さな庭があります。'],
      ['tha_Thai', 'สวนเล็กๆ อยู่อีกฝั่งของสะพาน'],
    ] as const) {
      const words = wordsIn(text, language);
      expect(words.length).toBeGreaterThan(4);
      expect(words.join('')).toBe(text.replace(/\s/g, ''));
    }
  });
});
