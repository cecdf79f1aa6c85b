/** Words that the rules of a tokenizer would cut wrongly, and where they are cut instead. */

/** Word → its tokens. */
export type Exceptions = ReadonlyMap<string, readonly string[]>;

export const capitalized = (word: string): string =>
  word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();

/** `a-x` → `A-X`. */
export const titled = (word: string): string => word.replace(/\p{L}+/gu, capitalized);

/** Words that stand between white space. */
export const list = (words: string): string[] => words.trim().split(/\s+/);

/** A table in the making. Words stand between blanks, `|` between tokens; `␣` is a blank in a word. */
export class ExceptionTable {
  readonly table = new Map<string, readonly string[]>();

  add(...tokens: readonly string[]): void {
    this.table.set(tokens.join(''), tokens);
  }

  /** Never cut; `forms` make more of each. */
  whole(words: string, ...forms: ((word: string) => string)[]): void {
    for (const entry of list(words)) {
      const word = entry.replaceAll('␣', ' ');
      this.add(word);
      for (const form of forms) this.add(form(word));
    }
  }

  /** Never cut, each with the full stop behind it. */
  abbreviations(words: string, ...forms: ((word: string) => string)[]): void {
    this.whole(list(words).join('. ').concat('.'), ...forms);
  }

  /** Cut at `|`. */
  parts(words: string): void {
    for (const word of list(words)) this.add(...word.split('|'));
  }

  /** Each beginning with each ending is two tokens. */
  pairs(beginnings: string, endings: string): void {
    for (const beginning of list(beginnings)) for (const ending of list(endings)) this.add(beginning, ending);
  }

  /** Every form with `'` exists with `’` too. */
  curl(): void {
    for (const tokens of [...this.table.values()])
      if (tokens.some((token) => token.includes("'")))
        this.add(...tokens.map((token) => token.replaceAll("'", '’')));
  }
}
