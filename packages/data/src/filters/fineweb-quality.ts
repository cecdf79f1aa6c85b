/**
 * The FineWeb filters (Penedo et al. 2024) as datatrove 0.10 computes them: too few lines that end in
 * punctuation, too many short lines, repeated lines, lists. `fineweb-v1` takes `. ' " ! ?` as the ends of a
 * line, counts blank lines and drops what stands on a threshold, as the release's code (datatrove 0.2.0) did.
 * The threshold for repeated characters is the code's 0.01, not the paper's 0.1.
 */

import { above, atLeast, atMost, below, none } from '../page/measure.js';
import { type RuleStep, ruleStep } from '../page/rule-step.js';
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

export function fineWebQuality(options: FineWebQualityOptions = {}): RuleStep {
  const settings = withDefaults('fineweb', defaults, options);
  const { shortLineLength: shortLength } = settings;
  const isRelease = settings.preset === 'fineweb-v1';
  const ends = isRelease ? releaseEnds : terminalPunctuation;
  // The release drops what stands on a threshold, too.
  const [least, most] = isRelease ? ([above, below] as const) : ([atLeast, atMost] as const);
  return ruleStep({
    name: 'fineweb',
    options: { ...settings, language: nameOfWords(settings.language) },
    *measure(page) {
      const all = page.text.split('\n');
      const filled = all.filter((line) => strip(line) !== '');
      // The release counts blank lines.
      if (!isRelease) yield none('empty', filled.length === 0 ? 1 : 0);
      const lines = isRelease ? all : filled;
      const punctuated = lines.filter((line) => ends.has(lastCharacter(line))).length;
      const { minPunctuatedLineShare, maxShortLineShare, maxDuplicateCharacterShare } = settings;
      yield least(
        'line_punct_ratio',
        punctuated / lines.length,
        minPunctuatedLineShare,
        'minPunctuatedLineShare',
      );
      const short = lines.filter((line) => codePointLength(line) <= shortLength).length;
      yield most('short_line_ratio', short / lines.length, maxShortLineShare, 'maxShortLineShare');
      const newlines = countOccurrences(page.text, '\n');
      const duplicated = countDuplicates(filled).characters / (page.length - newlines);
      yield most('char_dup_ratio', duplicated, maxDuplicateCharacterShare, 'maxDuplicateCharacterShare');
      const words = page.wordsIn(settings.language).length;
      yield atMost('list_ratio', newlines / words, settings.maxNewlinesPerWord, 'maxNewlinesPerWord');
      return undefined;
    },
  });
}

function lastCharacter(line: string): string {
  const last = line.charCodeAt(line.length - 1);
  const pair =
    line.length > 1 && (last & 0xfc00) === 0xdc00 && (line.charCodeAt(line.length - 2) & 0xfc00) === 0xd800;
  return line.slice(pair ? -2 : -1);
}
