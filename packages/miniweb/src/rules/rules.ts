/**
 * The Gopher, C4 and FineWeb rules as numbers: for each rule, in the order FineWeb applies them, how far the
 * text is from being dropped by it (above 1: dropped). The generator only lets a page out when the intended
 * rule is the first above 1, with room to spare on both sides. Thresholds: datatrove 0.10. Left out: URL,
 * language and MinHash, which need more than the text.
 */
import { countGrams } from './grams.js';
import { codePoints, countSentences, isWordy, splitWords } from './words.js';

export interface RuleValue {
  readonly step: 'gopher-repetition' | 'gopher-quality' | 'c4' | 'fineweb';
  readonly reason: string;
  /** Value over threshold, or threshold over value where the rule is a minimum. */
  readonly ratio: number;
}

const policyPhrases = [
  'terms of use',
  'privacy policy',
  'cookie policy',
  'uses cookies',
  'use of cookies',
  'use cookies',
];
const stopWords = new Set(['the', 'be', 'to', 'of', 'and', 'that', 'have', 'with']);

export function measureRules(text: string): RuleValue[] {
  const lines = text.split('\n').map((line) => ({ line, words: splitWords(line) }));
  const words = lines.flatMap((line) => line.words);
  const c4 = measureC4(lines);
  return [
    ...repetitionValues(text, words),
    ...qualityValues(text, words),
    ...c4.values,
    ...fineWebValues(c4.lines),
  ];
}

interface Line {
  readonly line: string;
  readonly words: readonly string[];
}

/**
 * Whether `reason` (or `undefined`: no rule) is what happens to the text, with `margin` to spare: no rule
 * before it comes closer to its threshold than 1 − margin, and its own passes 1 + margin.
 */
export function isJudgedAs(text: string, reason: string | undefined, margin: number): boolean {
  const values = measureRules(text);
  const first = values.find((value) => value.ratio > 1 - margin);
  return reason === undefined ? first === undefined : first?.reason === reason && first.ratio > 1 + margin;
}

export function measureRepetition(text: string): RuleValue[] {
  return repetitionValues(text, splitWords(text));
}

function repetitionValues(text: string, words: readonly string[]): RuleValue[] {
  const step = 'gopher-repetition';
  const length = codePoints(text);
  const values: RuleValue[] = [];
  const add = (reason: string, value: number, threshold: number): void => {
    values.push({ step, reason, ratio: value / threshold });
  };
  for (const [name, parts] of [
    ['para', text.trim().split(/\n{2,}/)],
    ['line', text.split(/\n+/)],
  ] as const) {
    const [count, characters] = duplicates(parts);
    add(`dup_${name}_frac`, count / parts.length, 0.3);
    add(`dup_${name}_char_frac`, characters / length, 0.2);
  }
  const { top, duplicated } = countGrams(words);
  add('top_2_gram', top[2]! / length, 0.2);
  add('top_3_gram', top[3]! / length, 0.18);
  add('top_4_gram', top[4]! / length, 0.16);
  for (let n = 5; n <= 10; n++) add(`duplicated_${n}_n_grams`, duplicated[n]! / length, (20 - n) / 100);
  return values;
}

function qualityValues(text: string, words: readonly string[]): RuleValue[] {
  const step = 'gopher-quality';
  const wordy = words.filter(isWordy);
  const lines = text.split('\n');
  const meanLength = wordy.reduce((sum, word) => sum + codePoints(word), 0) / Math.max(1, wordy.length);
  const share = (count: number, total: number): number => count / Math.max(1, total);
  const bullets = lines.filter((line) => /^\s*[•-]/.test(line)).length;
  const ellipses = lines.filter((line) => /(?:\.\.\.|…)\s*$/.test(line)).length;
  const alphabetic = words.filter((word) => /\p{L}/u.test(word)).length;
  const stops = new Set(words.filter((word) => stopWords.has(word))).size;
  return [
    { step, reason: 'gopher_short_doc', ratio: 50 / Math.max(1, wordy.length) },
    { step, reason: 'gopher_long_doc', ratio: wordy.length / 100_000 },
    { step, reason: 'gopher_below_avg_threshold', ratio: 3 / meanLength },
    { step, reason: 'gopher_above_avg_threshold', ratio: meanLength / 10 },
    { step, reason: 'gopher_too_many_hashes', ratio: share(occurrences(text, '#'), words.length) / 0.1 },
    {
      step,
      reason: 'gopher_too_many_ellipsis',
      ratio: share(occurrences(text, '...') + occurrences(text, '…'), words.length) / 0.1,
    },
    { step, reason: 'gopher_too_many_bullets', ratio: share(bullets, lines.length) / 0.9 },
    { step, reason: 'gopher_too_many_end_ellipsis', ratio: share(ellipses, lines.length) / 0.3 },
    {
      step,
      reason: 'gopher_below_alpha_threshold',
      ratio: 0.8 / Math.max(0.01, share(alphabetic, words.length)),
    },
    // Two are needed: 2 / 3 is far enough from the rule, 2 / 1 well past it.
    { step, reason: 'gopher_enough_stop_words', ratio: stops >= 2 ? 2 / (stops + 1) : 2 },
  ];
}

/** The lines C4 leaves, and its page rules. */
function measureC4(lines: readonly Line[]): { values: RuleValue[]; lines: Line[] } {
  const step = 'c4';
  const kept: Line[] = [];
  let sentences = 0;
  let lorem = 0;
  let curly = 0;
  for (const { line: raw, words } of lines) {
    const trimmed = raw.trim();
    const chunks = trimmed.split(/\s+/);
    const line = trimmed.replace(/\[\d*\]|\[edit\]|\[citation needed\]/g, '');
    if (chunks.length < 3 || chunks.some((chunk) => codePoints(chunk) > 1000)) continue;
    const lower = line.toLowerCase();
    if (lower.includes('lorem ipsum') && curly === 0) lorem = 2;
    if (lower.includes('javascript')) continue;
    if (line.includes('{') && lorem === 0) curly = 2;
    if (policyPhrases.some((part) => lower.includes(part))) continue;
    const left = { line, words: line === raw ? words : splitWords(line) };
    sentences += countSentences(left.words);
    kept.push(left);
  }
  return {
    values: [
      { step, reason: 'lorem_ipsum', ratio: lorem },
      { step, reason: 'curly_bracket', ratio: curly },
      { step, reason: 'too_few_sentences', ratio: 5 / Math.max(0.5, sentences) },
    ],
    lines: kept,
  };
}

function fineWebValues(given: readonly Line[]): RuleValue[] {
  const step = 'fineweb';
  const lines = given.map(({ line }) => line).filter((line) => line.trim() !== '');
  const count = Math.max(1, lines.length);
  const punctuated = lines.filter((line) => /[.!?]$/.test(line)).length / count;
  const short = lines.filter((line) => codePoints(line) <= 30).length / count;
  const characters = lines.reduce((sum, line) => sum + codePoints(line), 0);
  const words = given.reduce((sum, line) => sum + line.words.length, 0);
  return [
    { step, reason: 'line_punct_ratio', ratio: 0.12 / Math.max(0.01, punctuated) },
    { step, reason: 'short_line_ratio', ratio: short / 0.67 },
    { step, reason: 'char_dup_ratio', ratio: duplicates(lines)[1] / Math.max(1, characters) / 0.01 },
    { step, reason: 'list_ratio', ratio: (given.length - 1) / Math.max(1, words) / 0.3 },
  ];
}

/** How many parts were seen before, and their characters. */
function duplicates(parts: readonly string[]): [number, number] {
  const seen = new Set<string>();
  let count = 0;
  let characters = 0;
  for (const part of parts) {
    if (seen.has(part)) {
      count++;
      characters += codePoints(part);
    } else seen.add(part);
  }
  return [count, characters];
}

function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}
