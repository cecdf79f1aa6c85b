/**
 * Deduplication of sentences as in C4 (Raffel et al. 2020) and datatrove's `SentenceDedup`: of all spans of
 * three sentences that are alike after simplification, in the whole corpus, the first stays. Keys of spans,
 * and the text without those that came before.
 */
import { checkChoice, checkNumbers } from '@llm/core';
import { splitLines, strip, stripStart } from '../words/python-text.js';
import { sentenceSpans, sentencesIn } from '../words/sentences.js';
import { wordsIn } from '../words/words-by-language.js';
import { hash32 } from './hashing.js';
import { simplifyText } from './minhash.js';

export interface SentenceDeduplication {
  /** Sentences of a span. Default 3. */
  readonly sentencesPerSpan?: number | undefined;
  /** What a span is made of. Default `sentences`. */
  readonly unit?: 'sentences' | 'lines' | undefined;
  /** Words that a document must have left, where something was removed. Default 50; 0: any. */
  readonly minimumWords?: number | undefined;
  /** Sentences that it must have left. Default 3; 0: any. */
  readonly minimumSentences?: number | undefined;
  /** Removed stretches of fewer words stay. Default 0. */
  readonly minimumSpanWords?: number | undefined;
  /**
   * Spans go only where an earlier crawl has them, not where they came before in this one (datatrove's
   * `only_dedup_in_index`). Default false.
   */
  readonly onlyEarlier?: boolean | undefined;
}

/** Throws `core/option-invalid`. */
export function checkSentenceDeduplication(options: SentenceDeduplication): void {
  const { unit = 'sentences', onlyEarlier: _, ...numbers } = options;
  checkChoice('unit', unit, ['sentences', 'lines']);
  checkNumbers(numbers, {
    sentencesPerSpan: { minimum: 1, maximum: 1000, integer: true },
    minimumWords: { minimum: 0, integer: true },
    minimumSentences: { minimum: 0, integer: true },
    minimumSpanWords: { minimum: 0, integer: true },
  });
}

/** What decides which key a span has, written down: only keys of the same making can be compared. */
export function spanMaking({ sentencesPerSpan = 3, unit = 'sentences' }: SentenceDeduplication): string {
  return JSON.stringify({ sentencesPerSpan, unit });
}

/**
 * The keys of a text's spans, by the sentence that each begins with, and the `places` of those that have one:
 * spans without a letter or number have none. `language` is the text's, ISO 639-1.
 */
export function spanKeys(
  text: string,
  { sentencesPerSpan = 3, unit = 'sentences' }: SentenceDeduplication = {},
  language = 'en',
): { readonly high: number[]; readonly low: number[]; readonly places: number[] } {
  const keys = { high: [] as number[], low: [] as number[], places: [] as number[] };
  const sentences = unit === 'lines' ? splitLines(text) : sentencesIn(text, language);
  const simple = sentences.length < sentencesPerSpan ? [] : sentences.map(simplifyText);
  for (let place = 0; place + sentencesPerSpan <= simple.length; place++) {
    const span = simple.slice(place, place + sentencesPerSpan).join(' ');
    keys.high.push(hash32(span, 0x243f6a88) >>> 0);
    keys.low.push(hash32(span, 0x13198a2e) >>> 0);
    if (strip(span) !== '') keys.places.push(place);
  }
  return keys;
}

/** What is left of a text, and how many sentences are not. */
export interface ShortenedText {
  readonly text: string;
  readonly removed: number;
  /** Why the document goes as a whole. */
  readonly reason?: 'nothing-left' | 'few-words-left' | 'few-sentences-left' | undefined;
}

/** Removes the spans that begin at `places` (ascending). `language` is the text's, ISO 639-1. */
export function removeSpans(
  text: string,
  places: ArrayLike<number>,
  options: SentenceDeduplication = {},
  language = 'en',
): ShortenedText {
  const { sentencesPerSpan = 3, unit = 'sentences', minimumSpanWords = 0 } = options;
  const { minimumWords = 50, minimumSentences = 3 } = options;
  const parts = unit === 'lines' ? splitLines(text) : sentencesWithSpace(text, language);
  const kept: string[] = [];
  let stretch: string[] = [];
  const endStretch = (): void => {
    const isShort = minimumSpanWords > 0 && wordsIn(stretch.join('\n'), language).length < minimumSpanWords;
    if (isShort) for (const part of stretch) kept.push(part);
    stretch = [];
  };
  let dropUntil = 0;
  for (let part = 0, next = 0; part < parts.length; part++) {
    if (next < places.length && places[next] === part) {
      dropUntil = part + sentencesPerSpan;
      next++;
    }
    if (part < dropUntil) stretch.push(parts[part]!);
    else {
      endStretch();
      kept.push(parts[part]!);
    }
  }
  endStretch();
  const rest = stripStart(kept.join(unit === 'lines' ? '\n' : ''));
  const removed = parts.length - kept.length;
  if (rest === text) return { text, removed };
  if (rest === '') return { text: rest, removed, reason: 'nothing-left' };
  if (minimumWords > 0 && wordsIn(rest, language).length < minimumWords)
    return { text: rest, removed, reason: 'few-words-left' };
  if (minimumSentences > 0 && sentenceSpans(rest, language).length < minimumSentences)
    return { text: rest, removed, reason: 'few-sentences-left' };
  return { text: rest, removed };
}

/** Each with the white space before it. */
function sentencesWithSpace(text: string, language: string): string[] {
  let start = 0;
  return sentenceSpans(text, language).map(({ end }) => {
    const sentence = text.slice(start, end);
    start = end;
    return sentence;
  });
}
