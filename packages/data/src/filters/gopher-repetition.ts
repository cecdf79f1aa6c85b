/**
 * Gopher's repetition filter (Rae et al. 2021, table A1) as datatrove 0.10 computes it: duplicate paragraphs
 * and lines, the most frequent 2- to 4-gram, repeated 5- to 10-grams, each as a share of the characters.
 * `fineweb-v1` splits lines with `splitlines` as the FineWeb release did. N-grams are compared by 64-bit
 * hashes of their letters.
 */

import { atMost } from '../page/measure.js';
import { type RuleStep, ruleStep } from '../page/rule-step.js';
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

export function gopherRepetition(options: GopherRepetitionOptions = {}): RuleStep {
  const settings = withDefaults('gopher-repetition', defaults, options);
  const fraction = (
    name: string,
    value: number,
    option:
      | 'duplicateLineFraction'
      | 'duplicateParagraphFraction'
      | 'duplicateLineCharacterFraction'
      | 'duplicateParagraphCharacterFraction',
  ) => atMost(name, value, settings[option], option);
  const grams = new WordGrams();
  return ruleStep({
    name: 'gopher-repetition',
    options: { ...settings, language: nameOfWords(settings.language) },
    *measure(page) {
      const paragraphs = strip(page.text).split(/\n{2,}/);
      const repeatedParagraphs = countDuplicates(paragraphs);
      const paragraphShare = repeatedParagraphs.elements / paragraphs.length;
      const paragraphCharacterShare = repeatedParagraphs.characters / page.length;
      yield fraction('dup_para_frac', paragraphShare, 'duplicateParagraphFraction');
      yield fraction('dup_para_char_frac', paragraphCharacterShare, 'duplicateParagraphCharacterFraction');
      const lines = settings.preset === 'fineweb-v1' ? page.lines : page.text.split(/\n+/);
      const repeatedLines = countDuplicates(lines);
      const lineCharacterShare = repeatedLines.characters / page.length;
      yield fraction('dup_line_frac', repeatedLines.elements / lines.length, 'duplicateLineFraction');
      yield fraction('dup_line_char_frac', lineCharacterShare, 'duplicateLineCharacterFraction');
      grams.load(page.wordsIn(settings.language));
      for (const [n, share] of settings.topGrams) {
        yield atMost(`top_${n}_gram`, grams.topCharacters(n) / page.length, share, `topGrams.${n}`);
      }
      for (const [n, share] of settings.duplicateGrams) {
        const characters = grams.duplicateCharacters(n) / page.length;
        yield atMost(`duplicated_${n}_n_grams`, characters, share, `duplicateGrams.${n}`);
      }
      return undefined;
    },
  });
}
