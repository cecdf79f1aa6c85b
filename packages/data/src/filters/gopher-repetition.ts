/**
 * Gopher's repetition filter (Rae et al. 2021, table A1) as datatrove 0.10 computes it: duplicate paragraphs
 * and lines, the most frequent 2- to 4-gram, repeated 5- to 10-grams, each as a share of the characters.
 * `fineweb-v1` splits lines with `splitlines` as the FineWeb release did. N-grams are compared by 64-bit
 * hashes of their letters.
 */

import type { PageStep } from '../page/page-step.js';
import { drop, keep, type Verdict } from '../page/verdict.js';
import { type CutWords, nameOfWords } from '../words/cut-words.js';
import { strip } from '../words/python-text.js';
import { countDuplicates } from './count-duplicates.js';
import type { FilterPreset } from './filter-preset.js';
import { withDefaults } from './with-defaults.js';
import { WordGrams } from './word-grams.js';

export interface GopherRepetitionOptions {
  readonly preset?: FilterPreset | undefined;
  /** Whose rules cut the words, ISO 639-1 or `deu_Latn`, or a function that cuts them. Default English. */
  readonly language?: string | CutWords | undefined;
  readonly duplicateLineFraction?: number | undefined;
  readonly duplicateParagraphFraction?: number | undefined;
  readonly duplicateLineCharacterFraction?: number | undefined;
  readonly duplicateParagraphCharacterFraction?: number | undefined;
  /** `[n, share]`: dropped above this share of characters in the most frequent n-gram. */
  readonly topGrams?: readonly (readonly [number, number])[] | undefined;
  /** `[n, share]`: dropped above this share of characters in n-grams seen before. */
  readonly duplicateGrams?: readonly (readonly [number, number])[] | undefined;
}

type Settings = {
  readonly [Name in keyof GopherRepetitionOptions]-?: NonNullable<GopherRepetitionOptions[Name]>;
};

const defaults: Settings = {
  preset: 'datatrove-0.10',
  language: 'en',
  duplicateLineFraction: 0.3,
  duplicateParagraphFraction: 0.3,
  duplicateLineCharacterFraction: 0.2,
  duplicateParagraphCharacterFraction: 0.2,
  topGrams: [
    [2, 0.2],
    [3, 0.18],
    [4, 0.16],
  ],
  duplicateGrams: [
    [5, 0.15],
    [6, 0.14],
    [7, 0.13],
    [8, 0.12],
    [9, 0.11],
    [10, 0.1],
  ],
};

export function gopherRepetition(options: GopherRepetitionOptions = {}): PageStep<Verdict> {
  const settings = withDefaults(defaults, options);
  const {
    duplicateParagraphFraction: paragraphShare,
    duplicateParagraphCharacterFraction: paragraphCharacterShare,
    duplicateLineFraction: lineShare,
    duplicateLineCharacterFraction: lineCharacterShare,
  } = settings;
  const grams = new WordGrams();
  return {
    name: 'gopher-repetition',
    options: { ...settings, language: nameOfWords(settings.language) },
    run(page) {
      const paragraphs = strip(page.text).split(/\n{2,}/);
      const repeatedParagraphs = countDuplicates(paragraphs);
      if (repeatedParagraphs.elements / paragraphs.length > paragraphShare) return drop('dup_para_frac');
      if (repeatedParagraphs.characters / page.length > paragraphCharacterShare)
        return drop('dup_para_char_frac');
      const lines = settings.preset === 'fineweb-v1' ? page.lines : page.text.split(/\n+/);
      const repeatedLines = countDuplicates(lines);
      if (repeatedLines.elements / lines.length > lineShare) return drop('dup_line_frac');
      if (repeatedLines.characters / page.length > lineCharacterShare) return drop('dup_line_char_frac');
      grams.load(page.wordsIn(settings.language));
      for (const [n, share] of settings.topGrams) {
        if (grams.topCharacters(n) / page.length > share) return drop(`top_${n}_gram`);
      }
      for (const [n, share] of settings.duplicateGrams) {
        if (grams.duplicateCharacters(n) / page.length > share) return drop(`duplicated_${n}_n_grams`);
      }
      return keep;
    },
  };
}
