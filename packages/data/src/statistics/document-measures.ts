/**
 * What datatrove's blocks `DocStats`, `LineStats`, `ParagraphStats`, `WordStats`, `SentenceStats`,
 * `TokenStats`, `LangStats` and `WordsContaminationStats` (0.10.1) measure of a document, under their names
 * and with their thresholds. Lengths are in code points; a share of nothing is 0. Left out: perplexity by
 * KenLM.
 */
import { LlmError } from '@llm/core';
import { simplifyText } from '../deduplication/minhash.js';
import { countDuplicates } from '../filters/count-duplicates.js';
import { shinglePunctuation } from '../words/punctuation.js';
import { codePointLength, splitLines, strip } from '../words/python-text.js';
import { sentencesIn } from '../words/sentences.js';
import { wordsIn } from '../words/words-by-language.js';
import { countCharacters, isTitle, isUpper } from './character-kinds.js';

export const textBlocks = ['doc', 'line', 'paragraph', 'word', 'sentence'] as const;
export type TextBlock = (typeof textBlocks)[number];

export interface MeasureSettings {
  readonly blocks: readonly TextBlock[];
  /** Whose rules cut words and sentences. */
  readonly language: string;
  readonly stopWords: readonly string[];
  /** A language, and how sure an identifier is of it. */
  readonly languageScore?: { readonly language: string; score(text: string): number } | undefined;
  readonly countTokens?: ((text: string) => number) | undefined;
  /** Lists of words whose share is measured; the first names the list. */
  readonly contamination: readonly (readonly string[])[];
}

export interface MeasuredDocument {
  readonly text: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

const shortLines = [10, 30];
const longLines = [2000, 10_000];
const lineEnds = ['.', '?', '!', '"', "'"];

/** Numbers of things: other measures are shares and means, which files write with a point. */
export const wholeMeasures: ReadonlySet<string> = new Set([
  ...['length', 'n_lines', 'n_paragraphs', 'n_words', 'n_sentences', 'token_count'],
]);

type Measures = Record<string, number>;

/** Measures of a document by name. */
export function measureDocument(document: MeasuredDocument, settings: MeasureSettings): Measures {
  const { text, metadata } = document;
  const measures: Measures = {};
  for (const block of settings.blocks) Object.assign(measures, blocks[block](text, settings));
  const { languageScore, countTokens } = settings;
  if (countTokens !== undefined) measures.token_count = countTokens(text);
  if (languageScore !== undefined) {
    const { language, languageScore: known } = metadata;
    const isKnown = language === languageScore.language && typeof known === 'number';
    measures[`fasttext_${languageScore.language}`] = isKnown ? known : languageScore.score(text);
  }
  if (settings.contamination.length > 0) {
    const words = wordsIn(simplifyText(text), settings.language);
    for (const list of settings.contamination)
      measures[`words_contamination_${list[0]}`] = share(
        count(words, (word) => list.includes(word)),
        words.length,
      );
  }
  return measures;
}

const blocks: Readonly<Record<TextBlock, (text: string, settings: MeasureSettings) => Measures>> = {
  doc(text) {
    const { characters, spaces, others, digits, capitals } = countCharacters(text);
    const dots = text.match(/\.\.\.|…/g) ?? [];
    return {
      length: characters,
      white_space_ratio: share(spaces, characters),
      non_alpha_digit_ratio: share(others, characters),
      digit_ratio: share(digits, characters),
      uppercase_ratio: share(capitals, characters),
      elipsis_ratio: share(
        dots.reduce((sum, mark) => sum + mark.length, 0),
        characters,
      ),
      punctuation_ratio: share(text.match(shinglePunctuation)?.length ?? 0, characters),
    };
  },
  line(text) {
    const lines = text.split('\n');
    const lengths = lines.map(codePointLength);
    const all = sum(lengths);
    const { elements, characters } = countDuplicates(lines);
    return {
      n_lines: lines.length,
      avg_line_length: share(all, lines.length),
      ...ratios('short_line_ratio_chars', shortLines, lengths, atMost),
      ...ratios('long_line_ratio_chars', longLines, lengths, atLeast),
      lines_ending_with_terminal_mark_ratio: share(
        count(lines, (line) => lineEnds.includes(line.slice(-1))),
        lines.length,
      ),
      bullet_point_lines_ratio: share(
        count(lines, (line) => /^[-*•]/.test(strip(line))),
        lines.length,
      ),
      line_duplicates: share(elements, lines.length),
      line_char_duplicates: share(characters, all),
    };
  },
  paragraph(text) {
    const paragraphs = text.split('\n\n').filter((paragraph) => strip(paragraph) !== '');
    const lengths = paragraphs.map(codePointLength);
    const all = sum(lengths);
    const { elements, characters } = countDuplicates(paragraphs);
    return {
      n_paragraphs: paragraphs.length,
      avg_paragraph_length: share(all, paragraphs.length),
      ...ratios('short_paragraph_ratio', [100], lengths, atMost),
      ...ratios('long_paragraph_ratio', [1000], lengths, atLeast),
      paragraph_duplicates: share(elements, paragraphs.length),
      paragraph_char_duplicates: share(characters, all),
    };
  },
  word(text, { language, stopWords }) {
    const words = wordsIn(text, language);
    const lengths = words.map(codePointLength);
    const of = (test: (word: string) => boolean): number => share(count(words, test), words.length);
    return {
      n_words: words.length,
      avg_word_length: share(sum(lengths), words.length),
      avg_words_per_line: share(words.length, splitLines(text).length),
      ...ratios('short_word_ratio', [3], lengths, atMost),
      ...ratios('long_word_ratio', [7], lengths, atLeast),
      type_token_ratio: share(new Set(words).size, words.length),
      uppercase_word_ratio: of(isUpper),
      capitalized_word_ratio: of(isTitle),
      stop_word_ratio: of((word) => stopWords.includes(word)),
    };
  },
  sentence(text, { language }) {
    const lengths = sentencesIn(text, language).map(codePointLength);
    return {
      n_sentences: lengths.length,
      avg_sentence_length: share(sum(lengths), lengths.length),
      ...ratios('short_sentence_ratio', [20], lengths, atMost),
      ...ratios('long_sentence_ratio', [75], lengths, atLeast),
    };
  },
};

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const atMost = (length: number, limit: number): boolean => length <= limit;
const atLeast = (length: number, limit: number): boolean => length >= limit;

function count<Item>(items: readonly Item[], test: (item: Item) => boolean): number {
  let found = 0;
  for (const item of items) if (test(item)) found++;
  return found;
}

function ratios(
  name: string,
  limits: readonly number[],
  lengths: readonly number[],
  test: (length: number, limit: number) => boolean,
): Measures {
  return Object.fromEntries(
    limits.map((limit) => [
      `${name}_${limit}`,
      share(
        count(lengths, (length) => test(length, limit)),
        lengths.length,
      ),
    ]),
  );
}

/** Throws `data/option-invalid` for what would measure nothing. */
export function checkSettings(settings: MeasureSettings): void {
  const isNothing =
    settings.blocks.length === 0 &&
    settings.languageScore === undefined &&
    settings.countTokens === undefined &&
    settings.contamination.length === 0;
  const wrong = isNothing
    ? 'no block is asked for: nothing would be measured'
    : settings.contamination.some((list) => list.length === 0)
      ? 'a list of words for contamination is empty'
      : undefined;
  if (wrong !== undefined)
    throw new LlmError({ code: 'data/option-invalid', message: `Statistics: ${wrong}.` });
}
