import { describe, expect, it } from 'vitest';
import { wordsIn } from './words-by-language.js';

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
  ])('cuts %s', (language, text, words) => {
    expect(wordsIn(text, language)).toEqual(words.split(' '));
  });

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
