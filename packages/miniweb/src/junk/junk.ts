/** One maker for each reason the text rules know. */
import type { Random } from '@llm/core';
import type { Block } from '../content/block.js';
import type { FactBook } from '../world/facts.js';
import {
  curlyBraces,
  fewSentences,
  loremIpsum,
  oneLineTwice,
  policyOnly,
  shortLines,
  unpunctuatedLines,
  wordList,
} from './c4-fineweb.js';
import {
  brokenOffLines,
  bulletsOnly,
  ellipses,
  hashTags,
  longWordsOnly,
  shortWordsOnly,
  symbolSoup,
  tooLong,
  tooShort,
  withoutStopWords,
} from './quality.js';
import { repeatedLines, repeatedLongLine, repeatedPassages, repeatedPhrase } from './repetition.js';

export interface JunkMaker {
  readonly step: 'gopher-repetition' | 'gopher-quality' | 'c4' | 'fineweb';
  readonly reason: string;
  /** How far the rule's value is kept from its threshold, and all rules before it from theirs. */
  readonly margin: number;
  make(book: FactBook, random: Random): readonly Block[];
}

const maker = (
  step: JunkMaker['step'],
  reason: string,
  make: JunkMaker['make'],
  margin = 0.04,
): JunkMaker => ({ step, reason, margin, make });

export const junkMakers = {
  'repeated-lines': maker('gopher-repetition', 'dup_line_frac', repeatedLines),
  'repeated-long-line': maker('gopher-repetition', 'dup_line_char_frac', repeatedLongLine),
  'repeated-2-gram': maker('gopher-repetition', 'top_2_gram', (book, random) =>
    repeatedPhrase(book, random, 2),
  ),
  'repeated-3-gram': maker('gopher-repetition', 'top_3_gram', (book, random) =>
    repeatedPhrase(book, random, 3),
  ),
  'repeated-4-gram': maker('gopher-repetition', 'top_4_gram', (book, random) =>
    repeatedPhrase(book, random, 4),
  ),
  'repeated-5-grams': maker(
    'gopher-repetition',
    'duplicated_5_n_grams',
    (book, random) => repeatedPassages(book, random, 5),
    0.03,
  ),
  'repeated-6-grams': maker(
    'gopher-repetition',
    'duplicated_6_n_grams',
    (book, random) => repeatedPassages(book, random, 6),
    0.03,
  ),
  'repeated-7-grams': maker(
    'gopher-repetition',
    'duplicated_7_n_grams',
    (book, random) => repeatedPassages(book, random, 7),
    0.03,
  ),
  'repeated-8-grams': maker(
    'gopher-repetition',
    'duplicated_8_n_grams',
    (book, random) => repeatedPassages(book, random, 8),
    0.03,
  ),
  'repeated-9-grams': maker(
    'gopher-repetition',
    'duplicated_9_n_grams',
    (book, random) => repeatedPassages(book, random, 9),
    0.03,
  ),
  'repeated-10-grams': maker(
    'gopher-repetition',
    'duplicated_10_n_grams',
    (book, random) => repeatedPassages(book, random, 10),
    0.03,
  ),
  'too-short': maker('gopher-quality', 'gopher_short_doc', tooShort),
  'too-long': maker('gopher-quality', 'gopher_long_doc', tooLong, 0.03),
  'short-words': maker('gopher-quality', 'gopher_below_avg_threshold', shortWordsOnly),
  'long-words': maker('gopher-quality', 'gopher_above_avg_threshold', longWordsOnly),
  'hash-tags': maker('gopher-quality', 'gopher_too_many_hashes', hashTags),
  ellipses: maker('gopher-quality', 'gopher_too_many_ellipsis', ellipses),
  'bullets-only': maker('gopher-quality', 'gopher_too_many_bullets', bulletsOnly),
  'broken-off-lines': maker('gopher-quality', 'gopher_too_many_end_ellipsis', brokenOffLines),
  'symbol-soup': maker('gopher-quality', 'gopher_below_alpha_threshold', symbolSoup),
  'no-stop-words': maker('gopher-quality', 'gopher_enough_stop_words', withoutStopWords),
  'lorem-ipsum': maker('c4', 'lorem_ipsum', loremIpsum),
  'curly-braces': maker('c4', 'curly_bracket', curlyBraces),
  'few-sentences': maker('c4', 'too_few_sentences', fewSentences),
  'policy-only': maker('c4', 'too_few_sentences', policyOnly),
  'unpunctuated-lines': maker('fineweb', 'line_punct_ratio', unpunctuatedLines),
  'short-lines': maker('fineweb', 'short_line_ratio', shortLines),
  'one-line-twice': maker('fineweb', 'char_dup_ratio', oneLineTwice),
  'word-list': maker('fineweb', 'list_ratio', wordList, 0.03),
} as const satisfies Record<string, JunkMaker>;

export type JunkKind = keyof typeof junkMakers;
