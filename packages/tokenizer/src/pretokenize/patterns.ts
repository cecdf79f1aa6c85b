/**
 * The pre-tokenization patterns that have a hand-written scanner. `source` is the pattern as `tokenizer.json`
 * files and the Rust and Python libraries write it; a file that carries one of these texts, or a known
 * variant, gets the scanner.
 */
import { cl100kScanner } from './cl100k-scanner.js';
import { scanGpt2 } from './gpt2-scanner.js';
import { scanO200k } from './o200k-scanner.js';
import type { Scanner } from './scan-runs.js';

export interface Pattern {
  readonly name: string;
  readonly source: string;
  readonly scanner: Scanner;
}

const cl100kSource = (digits: string): string =>
  `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

/** GPT-2, r50k, p50k: a word with the space before it, digits in runs of any length. */
export const gpt2: Pattern = {
  name: 'gpt2',
  source: "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  scanner: scanGpt2,
};

/** GPT-4: digits in groups of up to three. */
export const cl100k: Pattern = {
  name: 'cl100k',
  source: cl100kSource('\\p{N}{1,3}'),
  scanner: cl100kScanner(3),
};

/** Llama 3 splits as GPT-4 does; the same text in its file. */
export const llama3: Pattern = { ...cl100k, name: 'llama3' };

/** nanochat: GPT-4's form with up to two digits a piece, which suits small vocabularies. */
export const nanochat: Pattern = {
  name: 'nanochat',
  source: cl100kSource('\\p{N}{1,2}'),
  scanner: cl100kScanner(2),
};

/** GPT-4's form with every digit on its own (Qwen 2): a number's tokens are its digits. */
export const singleDigits: Pattern = {
  name: 'singleDigits',
  source: cl100kSource('\\p{N}'),
  scanner: cl100kScanner(1),
};

const o200kContraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)?";

/** GPT-4o: words split at changes of case, marks inside words. */
export const o200k: Pattern = {
  name: 'o200k',
  source: [
    `[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+${o200kContraction}`,
    `[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*${o200kContraction}`,
    '\\p{N}{1,3}',
    ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*',
    '\\s*[\\r\\n]+',
    '\\s+(?!\\S)',
    '\\s+',
  ].join('|'),
  scanner: scanO200k,
};

export const patterns = { gpt2, cl100k, o200k, llama3, nanochat, singleDigits } as const;
export type PatternName = keyof typeof patterns;

/**
 * Other spellings of the same splits found in tiktoken and
 * in published files; whitespace and possessives aside.
 */
const spellings = new Map<string, Pattern>();
for (const pattern of [gpt2, cl100k, nanochat, singleDigits, o200k])
  spellings.set(normalize(pattern.source), pattern);
for (const [digits, pattern] of [
  ['\\p{N}{1,3}', cl100k],
  ['\\p{N}{1,2}', nanochat],
  ['\\p{N}', singleDigits],
] as const) {
  for (const head of ["'(?i:[sdmt]|ll|ve|re)", "(?i:'s|'t|'re|'ve|'m|'ll|'d)"]) {
    for (const lines of ['\\s*[\\r\\n]+', '\\s*[\\r\\n]']) {
      for (const tail of ['\\s+(?!\\S)|\\s+', '\\s+(?!\\S)|\\s']) {
        const words = '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+';
        const source = `${head}|${words}|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${lines}|${tail}`;
        spellings.set(normalize(source), pattern);
      }
    }
  }
}
spellings.set(
  normalize("'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"),
  gpt2,
);
spellings.set(
  normalize("'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s"),
  gpt2,
);

/** The pattern with a scanner whose splits `source` describes, if there is one. */
export function findPattern(source: string): Pattern | undefined {
  return spellings.get(normalize(source));
}

/** Possessive quantifiers match the same here: what follows them never needs what they took. */
function normalize(source: string): string {
  return source.replace(/(\{\d+,?\d*\}|[+*?])\+/g, '$1');
}
