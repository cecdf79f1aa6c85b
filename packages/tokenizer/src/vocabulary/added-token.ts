/** Tokens that are found in the text before it is cut into pieces (`added_tokens` of a `tokenizer.json`). */
export interface AddedToken {
  readonly content: string;
  readonly id: number;
  /** A control token: text becomes it only where the caller allows it. Otherwise it is text like any other. Default true. */
  readonly special?: boolean | undefined;
  /** Takes the whitespace before it, or after it. Default false. */
  readonly lstrip?: boolean | undefined;
  readonly rstrip?: boolean | undefined;
  /** Only between characters that are no word characters. Default false. */
  readonly singleWord?: boolean | undefined;
  /** Looked for after normalization rather than before. Default false. */
  readonly normalized?: boolean | undefined;
}

export interface AddedTokenMatcher {
  /** Calls back for the stretches between matches and for the matches, in order; leftmost first, of those the longest. */
  split(
    text: string,
    between: (start: number, end: number) => void,
    match: (token: AddedToken, start: number, end: number) => void,
  ): void;
}

/** Undefined for no tokens. */
export function matchAddedTokens(tokens: readonly AddedToken[]): AddedTokenMatcher | undefined {
  if (tokens.length === 0) return undefined;
  const byContent = new Map(tokens.map((token) => [token.content, token]));
  const contents = [...byContent.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(contents.map(escapeRegExp).join('|'), 'gu');
  const isStripping = tokens.some(({ lstrip, rstrip, singleWord }) => lstrip || rstrip || singleWord);
  return {
    split(text, between, match) {
      let last = 0;
      pattern.lastIndex = 0;
      for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
        const token = byContent.get(found[0])!;
        let start = found.index;
        let end = start + found[0].length;
        if (isStripping) {
          if (token.singleWord && !standsAlone(text, start, end)) continue;
          if (token.lstrip) while (start > last && isSpace(text[start - 1]!)) start--;
          if (token.rstrip) while (end < text.length && isSpace(text[end]!)) end++;
          pattern.lastIndex = end;
        }
        if (start > last) between(last, start);
        match(token, start, end);
        last = end;
      }
      if (last < text.length) between(last, text.length);
    },
  };
}

function escapeRegExp(text: string): string {
  return text.replace(/[\^$\\.*+?()[\]{}|/-]/g, (character) =>
    character === '-' ? '\\u{2d}' : `\\${character}`,
  );
}

function isSpace(character: string): boolean {
  return /\p{White_Space}/u.test(character);
}

const wordCharacter = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]/u;

function standsAlone(text: string, start: number, end: number): boolean {
  const before = start > 0 ? String.fromCodePoint(codePointBefore(text, start)) : '';
  const after = end < text.length ? String.fromCodePoint(text.codePointAt(end)!) : '';
  return !wordCharacter.test(before) && !wordCharacter.test(after);
}

function codePointBefore(text: string, index: number): number {
  const isPair = index > 1 && (text.charCodeAt(index - 1) & 0xfc00) === 0xdc00;
  return text.codePointAt(isPair ? index - 2 : index - 1)!;
}
