/**
 * Gopher's repetition filter (Rae et al. 2021, table A1) as datatrove 0.10 computes it: duplicate paragraphs
 * and lines, the most frequent 2- to 4-gram, repeated 5- to 10-grams, each as a share of the characters.
 * `fineweb-v1` splits lines with `splitlines` as the FineWeb release did. N-grams are compared by 64-bit
 * hashes of their letters.
 */

import type { PageStep } from '../page/page-step.js';
import { drop, keep, type Verdict } from '../page/verdict.js';
import { strip } from '../words/python-text.js';
import { countDuplicates } from './count-duplicates.js';
import type { FilterPreset } from './filter-preset.js';
import { WordGrams } from './word-grams.js';

export interface GopherRepetitionOptions {
  readonly preset?: FilterPreset | undefined;
  /** Whose rules cut the words: ISO 639-1 or `deu_Latn`. Default English. */
  readonly language?: string | undefined;
  readonly duplicateLineFraction?: number | undefined;
  readonly duplicateParagraphFraction?: number | undefined;
  readonly duplicateLineCharacterFraction?: number | undefined;
  readonly duplicateParagraphCharacterFraction?: number | undefined;
  /** `[n, share]`: dropped above this share of characters in the most frequent n-gram. */
  readonly topGrams?: readonly (readonly [number, number])[] | undefined;
  /** `[n, share]`: dropped above this share of characters in n-grams seen before. */
  readonly duplicateGrams?: readonly (readonly [number, number])[] | undefined;
}

const defaultTopGrams = [
  [2, 0.2],
  [3, 0.18],
  [4, 0.16],
] as const;
const defaultDuplicateGrams = [
  [5, 0.15],
  [6, 0.14],
  [7, 0.13],
  [8, 0.12],
  [9, 0.11],
  [10, 0.1],
] as const;

export function gopherRepetition(options: GopherRepetitionOptions = {}): PageStep<Verdict> {
  const paragraphShare = options.duplicateParagraphFraction ?? 0.3;
  const paragraphCharacterShare = options.duplicateParagraphCharacterFraction ?? 0.2;
  const lineShare = options.duplicateLineFraction ?? 0.3;
  const lineCharacterShare = options.duplicateLineCharacterFraction ?? 0.2;
  const grams = new WordGrams();
  return {
    name: 'gopher-repetition',
    options,
    run(page) {
      const paragraphs = strip(page.text).split(/\n{2,}/);
      const repeatedParagraphs = countDuplicates(paragraphs);
      if (repeatedParagraphs.elements / paragraphs.length > paragraphShare) return drop('dup_para_frac');
      if (repeatedParagraphs.characters / page.length > paragraphCharacterShare)
        return drop('dup_para_char_frac');
      const lines = options.preset === 'fineweb-v1' ? page.lines : page.text.split(/\n+/);
      const repeatedLines = countDuplicates(lines);
      if (repeatedLines.elements / lines.length > lineShare) return drop('dup_line_frac');
      if (repeatedLines.characters / page.length > lineCharacterShare) return drop('dup_line_char_frac');
      grams.load(page.wordsIn(options.language ?? 'en'));
      for (const [n, share] of options.topGrams ?? defaultTopGrams) {
        if (grams.topCharacters(n) / page.length > share) return drop(`top_${n}_gram`);
      }
      for (const [n, share] of options.duplicateGrams ?? defaultDuplicateGrams) {
        if (grams.duplicateCharacters(n) / page.length > share) return drop(`duplicated_${n}_n_grams`);
      }
      return keep;
    },
  };
}
