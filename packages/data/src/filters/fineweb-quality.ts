/**
 * The FineWeb filters (Penedo et al. 2024) as datatrove 0.10 computes them: too few lines that end in
 * punctuation, too many short lines, repeated lines, lists. `fineweb-v1` takes `. ' " ! ?` as the ends of a
 * line. The threshold for repeated characters is the code's 0.01, not the paper's 0.1.
 */

import type { PageStep } from '../page/page-step.js';
import { drop, keep, type Verdict } from '../page/verdict.js';
import { type CutWords, nameOfWords } from '../words/cut-words.js';
import { terminalPunctuation } from '../words/punctuation.js';
import { codePointLength, countOccurrences, strip } from '../words/python-text.js';
import { countDuplicates } from './count-duplicates.js';
import type { FilterPreset } from './filter-preset.js';
import { withDefaults } from './with-defaults.js';

export interface FineWebQualityOptions {
  readonly preset?: FilterPreset | undefined;
  /** Whose rules cut the words, ISO 639-1 or `deu_Latn`, or a function that cuts them. Default English. */
  readonly language?: string | CutWords | undefined;
  readonly minPunctuatedLineShare?: number | undefined;
  readonly maxShortLineShare?: number | undefined;
  /** Code points; default 30. */
  readonly shortLineLength?: number | undefined;
  readonly maxDuplicateCharacterShare?: number | undefined;
  readonly maxNewlinesPerWord?: number | undefined;
}

type Settings = {
  readonly [Name in keyof FineWebQualityOptions]-?: NonNullable<FineWebQualityOptions[Name]>;
};

const defaults: Settings = {
  preset: 'datatrove-0.10',
  language: 'en',
  minPunctuatedLineShare: 0.12,
  maxShortLineShare: 0.67,
  shortLineLength: 30,
  maxDuplicateCharacterShare: 0.01,
  maxNewlinesPerWord: 0.3,
};

const releaseEnds: ReadonlySet<string> = new Set(['.', "'", '"', '!', '?']);

export function fineWebQuality(options: FineWebQualityOptions = {}): PageStep<Verdict> {
  const settings = withDefaults(defaults, options);
  const { shortLineLength: shortLength } = settings;
  const ends = settings.preset === 'fineweb-v1' ? releaseEnds : terminalPunctuation;
  return {
    name: 'fineweb',
    options: { ...settings, language: nameOfWords(settings.language) },
    run(page) {
      const lines = page.text.split('\n').filter((line) => strip(line) !== '');
      if (lines.length === 0) return drop('empty');
      const punctuated = lines.filter((line) => ends.has(lastCharacter(line))).length;
      if (punctuated / lines.length < settings.minPunctuatedLineShare) return drop('line_punct_ratio');
      const short = lines.filter((line) => codePointLength(line) <= shortLength).length;
      if (short / lines.length > settings.maxShortLineShare) return drop('short_line_ratio');
      const newlines = countOccurrences(page.text, '\n');
      const duplicated = countDuplicates(lines).characters / (page.length - newlines);
      if (duplicated > settings.maxDuplicateCharacterShare) return drop('char_dup_ratio');
      const words = page.wordsIn(settings.language).length;
      return newlines / words > settings.maxNewlinesPerWord ? drop('list_ratio') : keep;
    },
  };
}

function lastCharacter(line: string): string {
  const last = line.charCodeAt(line.length - 1);
  const pair =
    line.length > 1 && (last & 0xfc00) === 0xdc00 && (line.charCodeAt(line.length - 2) & 0xfc00) === 0xd800;
  return line.slice(pair ? -2 : -1);
}
