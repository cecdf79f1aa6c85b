/**
 * C4's page filter (Raffel et al. 2020) as datatrove 0.10 applies it in the FineWeb recipe: lines are dropped
 * or cleaned, then the page is judged. It rewrites the text. The rule that a line must end in punctuation is
 * off, as in FineWeb; the list of bad words is not part of it.
 */

import { atLeast, none } from '../page/measure.js';
import { type RuleStep, ruleStep } from '../page/rule-step.js';
import { type CutWords, nameOfWords } from '../words/cut-words.js';
import { codePointLength, splitOnSpace, strip } from '../words/python-text.js';
import { countSentences } from '../words/sentences.js';
import { withDefaults } from './with-defaults.js';

export interface C4QualityOptions {
  /** Default 5; −1 switches the rule off. */
  readonly minSentences?: number | undefined;
  readonly minWordsPerLine?: number | undefined;
  /** Code points; default 1,000. */
  readonly maxWordLength?: number | undefined;
  /** Drop lines that do not end in `. ? ! " '`; default false (FineWeb). */
  readonly requireTerminalPunctuation?: boolean | undefined;
  /** Cuts a line into sentences. Default: by the marks of English, as datatrove 0.10. */
  readonly sentences?: CutWords | undefined;
}

type Settings = {
  readonly [Name in keyof Required<Omit<C4QualityOptions, 'sentences'>>]: NonNullable<C4QualityOptions[Name]>;
} & { readonly sentences: CutWords | undefined };

const citation = /\[\p{Nd}*\]|\[edit\]|\[citation needed\]/gu;
const policyPhrases = [
  'terms of use',
  'privacy policy',
  'cookie policy',
  'uses cookies',
  'use of cookies',
  'use cookies',
];

const defaults: Settings = {
  minSentences: 5,
  minWordsPerLine: 3,
  maxWordLength: 1000,
  requireTerminalPunctuation: false,
  sentences: undefined,
};

export function c4Quality(options: C4QualityOptions = {}): RuleStep {
  const settings = withDefaults('c4', defaults, options);
  const { minWordsPerLine, maxWordLength, minSentences, requireTerminalPunctuation } = settings;
  const cutSentences = settings.sentences;
  return ruleStep({
    name: 'c4',
    options: { ...settings, sentences: cutSentences && nameOfWords(cutSentences) },
    *measure(page) {
      const kept: string[] = [];
      let sentences = 0;
      // What was said once is not said again where rules are asked after one has failed.
      let [saidPlaceholder, saidBrace] = [false, false];
      for (const raw of page.lines) {
        const stripped = strip(raw);
        const words = splitOnSpace(stripped);
        // Code points never outnumber UTF-16 units: most words need no counting.
        if (words.some((word) => word.length > maxWordLength && codePointLength(word) > maxWordLength))
          continue;
        const line = stripped.includes('[') ? stripped.replace(citation, '') : stripped;
        if (requireTerminalPunctuation && (!/[.?!"']$/.test(line) || line.endsWith('...'))) continue;
        if (words.length < minWordsPerLine) continue;
        const lower = line.toLowerCase();
        if (!saidPlaceholder && lower.includes('lorem ipsum')) {
          saidPlaceholder = true;
          yield none('lorem_ipsum', 1);
        }
        if (lower.includes('javascript')) continue;
        if (!saidBrace && line.includes('{')) {
          saidBrace = true;
          yield none('curly_bracket', 1);
        }
        if (policyPhrases.some((phrase) => lower.includes(phrase))) continue;
        if (minSentences !== -1) sentences += cutSentences?.(line).length ?? countSentences(line);
        kept.push(line);
      }
      if (!saidPlaceholder) yield none('lorem_ipsum', 0);
      if (!saidBrace) yield none('curly_bracket', 0);
      yield atLeast('too_few_sentences', sentences, minSentences, 'minSentences');
      return { text: strip(kept.join('\n')) };
    },
  });
}
