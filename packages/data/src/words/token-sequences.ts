/** Exceptions that were taken apart, found again in a list of tokens: the longest first, then from the left. */
import type { Exceptions } from './exceptions.js';

/** By their first token. */
export type Sequences = ReadonlyMap<string, readonly (readonly string[])[]>;

/** `takenApart` says the tokens of an exception, undefined where the rules leave it whole. */
export function findSequences(
  exceptions: Exceptions,
  takenApart: (word: string) => readonly string[] | undefined,
): Sequences {
  const table = new Map<string, (readonly string[])[]>();
  for (const word of exceptions.keys()) {
    const tokens = takenApart(word);
    const first = tokens?.[0];
    if (tokens === undefined || first === undefined) continue;
    const known = table.get(first);
    if (known === undefined) table.set(first, [tokens]);
    else known.push(tokens);
  }
  return table;
}

interface Match {
  readonly start: number;
  readonly length: number;
}

/** Tokens from `start` to `end` that are other words. */
interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly words: readonly string[];
}

/**
 * `gaps` says what stands before each token: nothing, one blank, or other white space, which no
 * sequence crosses; without it the tokens are one piece. A sequence that is no exception, for the blank within
 * it, still holds its tokens back from a shorter one.
 */
export function replaceSequences(
  tokens: readonly string[],
  sequences: Sequences,
  exceptions: Exceptions,
  gaps?: readonly string[],
): readonly string[] {
  let matches: Match[] | undefined;
  for (let start = 0; start < tokens.length; start++) {
    const known = sequences.get(tokens[start]!);
    if (known === undefined) continue;
    for (const sequence of known) {
      if (!fits(sequence, tokens, start, gaps)) continue;
      matches ??= [];
      matches.push({ start, length: sequence.length });
    }
  }
  if (matches === undefined) return tokens;
  const found: Replacement[] = [];
  const taken = new Set<number>();
  for (const { start, length } of matches.sort((a, b) => b.length - a.length || a.start - b.start)) {
    const end = start + length;
    if (!taken.has(start) && !taken.has(end - 1)) {
      let text = tokens[start]!;
      for (let at = start + 1; at < end; at++) text += (gaps?.[at] ?? '') + tokens[at]!;
      const words = exceptions.get(text);
      // One word for the same word, as the English genitive: nothing changes.
      if (words !== undefined && (length > 1 || words.length > 1)) found.push({ start, end, words });
    }
    for (let at = start; at < end; at++) taken.add(at);
  }
  return replaceTokens(
    tokens,
    found.sort((a, b) => a.start - b.start),
  );
}

function replaceTokens(tokens: readonly string[], replacements: readonly Replacement[]): readonly string[] {
  if (replacements.length === 0) return tokens;
  const result: string[] = [];
  let at = 0;
  for (const { start, end, words } of replacements) {
    while (at < start) result.push(tokens[at++]!);
    for (const word of words) result.push(word);
    at = end;
  }
  while (at < tokens.length) result.push(tokens[at++]!);
  return result;
}

function fits(
  sequence: readonly string[],
  tokens: readonly string[],
  start: number,
  gaps: readonly string[] | undefined,
): boolean {
  for (let offset = 1; offset < sequence.length; offset++) {
    const at = start + offset;
    if (tokens[at] !== sequence[offset] || gaps?.[at] === '\n') return false;
  }
  return true;
}
