/** One maker for each reason the text rules know. */
import type { Random } from '@llm/core';
import type { Block } from '../content/block.js';
import type { FactBook } from '../world/facts.js';
import { curlyBraces, fewSentences, loremIpsum, policyOnly } from './c4.js';
import { directory, oneLineTwice, shortLines, unpunctuatedLines } from './fineweb.js';
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

interface JunkMaker {
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

const phraseMaker = (n: 2 | 3 | 4): JunkMaker =>
  maker('gopher-repetition', `top_${n}_gram`, (book, random) => repeatedPhrase(book, random, n));
const passageMaker = (n: number): JunkMaker =>
  maker(
    'gopher-repetition',
    `duplicated_${n}_n_grams`,
    (book, random) => repeatedPassages(book, random, n),
    0.03,
  );

export const junkMakers = {
  'repeated-lines': maker('gopher-repetition', 'dup_line_frac', repeatedLines),
  'repeated-long-line': maker('gopher-repetition', 'dup_line_char_frac', repeatedLongLine),
  'repeated-2-gram': phraseMaker(2),
  'repeated-3-gram': phraseMaker(3),
  'repeated-4-gram': phraseMaker(4),
  'repeated-5-grams': passageMaker(5),
  'repeated-6-grams': passageMaker(6),
  'repeated-7-grams': passageMaker(7),
  'repeated-8-grams': passageMaker(8),
  'repeated-9-grams': passageMaker(9),
  'repeated-10-grams': passageMaker(10),
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
  'word-list': maker('fineweb', 'list_ratio', directory, 0.03),
} as const satisfies Record<string, JunkMaker>;

export type JunkKind = keyof typeof junkMakers;
