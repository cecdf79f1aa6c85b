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

/**
 * `gaps` says what stands before each token: nothing, one blank, or other white space, which no sequence
 * crosses. Without it the tokens are one piece.
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
  const replaced = new Map<number, { readonly end: number; readonly words: readonly string[] }>();
  const taken = new Set<number>();
  for (const { start, length } of matches.sort((a, b) => b.length - a.length || a.start - b.start)) {
    const end = start + length;
    if (!taken.has(start) && !taken.has(end - 1)) {
      let text = tokens[start]!;
      for (let at = start + 1; at < end; at++) text += (gaps?.[at] ?? '') + tokens[at]!;
      const words = exceptions.get(text);
      if (words !== undefined) replaced.set(start, { end, words });
    }
    for (let at = start; at < end; at++) taken.add(at);
  }
  const result: string[] = [];
  for (let at = 0; at < tokens.length; ) {
    const found = replaced.get(at);
    if (found === undefined) result.push(tokens[at++]!);
    else {
      result.push(...found.words);
      at = found.end;
    }
  }
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
