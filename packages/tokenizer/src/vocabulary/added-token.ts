import { LongestMatches } from './longest-matches.js';

/** Tokens that are found in the text before it is cut into pieces (`added_tokens` of a `tokenizer.json`). */
export interface AddedToken {
  readonly content: string;
  readonly id: number;
  /**
   * A control token: text becomes it only where the caller allows it. Otherwise it is text like any other.
   * Default true.
   */
  readonly special?: boolean | undefined;
  /** Takes the whitespace before it, or after it. Default false. */
  readonly lstrip?: boolean | undefined;
  readonly rstrip?: boolean | undefined;
  /** Only between characters that are no word characters. Default false. */
  readonly singleWord?: boolean | undefined;
  /** Looked for after normalization rather than before. Default false. */
  readonly normalized?: boolean | undefined;
  /**
   * The content as the normalizer leaves it: what a `normalized` token is found by, and decodes to. Default
   * the content.
   */
  readonly normalizedContent?: string | undefined;
}

export interface AddedTokenMatcher {
  /**
   * Calls back for the stretches between matches and for the matches, in order; leftmost first, of those the
   * longest.
   */
  split(
    text: string,
    between: (start: number, end: number) => void,
    match: (token: AddedToken, start: number, end: number) => void,
  ): void;
}

/** Whether a code point belongs to words, for tokens that stand alone (`singleWord`). */
export type IsWordCharacter = (codePoint: number) => boolean;

/** The text that a token is found by and stands for. */
export function textOf({ content, normalizedContent }: AddedToken): string {
  return normalizedContent ?? content;
}

/** Undefined for no tokens. `isSpace`: what `lstrip` and `rstrip` take, by UTF-16 unit. */
export function matchAddedTokens(
  tokens: readonly AddedToken[],
  isWordCharacter: IsWordCharacter = isWord,
  isSpace: (unit: string) => boolean = isWhiteSpace,
): AddedTokenMatcher | undefined {
  const byText = new Map<string, AddedToken>();
  for (const token of tokens) {
    const text = textOf(token);
    // Of tokens that normalization makes equal the one that is written so counts, else the first.
    if (text !== '' && (!byText.has(text) || token.content === text)) byText.set(text, token);
  }
  if (byText.size === 0) return undefined;
  const texts = [...byText.keys()];
  const found = [...byText.values()];
  const matches = new LongestMatches(texts);
  return {
    split(text, between, match) {
      let last = 0;
      for (const { start: foundStart, index } of matches.find(text)) {
        if (foundStart < last) continue;
        const token = found[index]!;
        let start = foundStart;
        let end = start + texts[index]!.length;
        if (token.singleWord && !standsAlone(text, start, end, isWordCharacter)) continue;
        if (token.lstrip) while (start > last && isSpace(text[start - 1]!)) start--;
        if (token.rstrip) while (end < text.length && isSpace(text[end]!)) end++;
        if (start > last) between(last, start);
        match(token, start, end);
        last = end;
      }
      if (last < text.length) between(last, text.length);
    },
  };
}

export function isWhiteSpace(character: string): boolean {
  return /\p{White_Space}/u.test(character);
}

/** `\w` of Rust, which holds the joiners; by the engine's Unicode. */
function isWord(codePoint: number): boolean {
  return /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200c\u200d]/u.test(String.fromCodePoint(codePoint));
}

function standsAlone(text: string, start: number, end: number, isWordCharacter: IsWordCharacter): boolean {
  if (start > 0 && isWordCharacter(codePointBefore(text, start))) return false;
  return end === text.length || !isWordCharacter(text.codePointAt(end)!);
}

function codePointBefore(text: string, index: number): number {
  const isPair = index > 1 && (text.charCodeAt(index - 1) & 0xfc00) === 0xdc00;
  return text.codePointAt(isPair ? index - 2 : index - 1)!;
}
