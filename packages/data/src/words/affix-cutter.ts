/** Finds what stands before, behind and between the letters of a word, however long the word is. */

export interface AffixRules {
  /** Sources of regular expressions with the flag `v`. The first that fits is taken. */
  readonly prefixes: readonly string[];
  /** The longest that fits is taken. */
  readonly suffixes: readonly string[];
  readonly infixes: readonly string[];
  /** Prefixes and suffixes are those that languages share: most words need no search. */
  readonly shared?: boolean | undefined;
}

/** Nothing that stands around a word is longer, with what must be beside it, but a run of dots. */
const longestShared = 24;
const longest = 96;

function isLetterOrDigit(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
}

export class AffixCutter {
  /** Global. */
  readonly infix: RegExp;
  readonly #prefix: RegExp;
  readonly #suffix: RegExp;
  readonly #shared: boolean;
  readonly #reach: number;
  readonly #runsOfDots: boolean;
  readonly #singleSuffixes: ReadonlySet<string>;

  constructor({ prefixes, suffixes, infixes, shared = false }: AffixRules, singleSuffixes = '') {
    this.#prefix = new RegExp(`^(?:${prefixes.join('|')})`, 'v');
    this.#suffix = new RegExp(`(?:${suffixes.join('|')})$`, 'v');
    this.infix = new RegExp(infixes.join('|'), 'gv');
    this.#shared = shared;
    this.#reach = shared ? longestShared : longest;
    this.#runsOfDots = suffixes.includes('\\.\\.+');
    this.#singleSuffixes = new Set(singleSuffixes);
  }

  /** What stands before the word, or an empty string. Of the shared, only `US$` and its like are letters. */
  prefixOf(text: string): string {
    if (this.#shared) {
      if (isLetterOrDigit(text.charCodeAt(0)) && !text.slice(0, 3).includes('$')) return '';
      return this.#prefix.exec(text)?.[0] ?? '';
    }
    // Dots alone go on for longer.
    if (text.startsWith('..')) return this.#prefix.exec(text)?.[0] ?? '';
    return this.#prefix.exec(text.length > longest ? text.slice(0, longest) : text)?.[0] ?? '';
  }

  /** What stands behind the word, or an empty string; with short cuts for the ends that most words have. */
  suffixOf(text: string): string {
    const last = text.charCodeAt(text.length - 1);
    if (this.#shared) {
      if (isLetterOrDigit(last)) {
        // Suffixes that end in a letter are units after a digit and the genitive; none ends in a digit.
        if (last < 65) return '';
        const before = text.charCodeAt(text.length - 2);
        if (before !== 39 && before !== 0x2019 && !/[0-9]/.test(text.slice(-longestShared))) return '';
      } else {
        const mark = text.slice(-1);
        if (this.#singleSuffixes.has(mark)) return mark;
        const before = text.charCodeAt(text.length - 2);
        if (last === 46 && ((before >= 97 && before <= 122) || (before >= 48 && before <= 57))) return mark;
      }
    }
    if (this.#runsOfDots && text.endsWith('..')) return text.slice(startOfDots(text));
    // A word is asked again for each of its marks: its length must not matter.
    return this.#suffix.exec(text.length > this.#reach ? text.slice(-this.#reach) : text)?.[0] ?? '';
  }
}

function startOfDots(text: string): number {
  let start = text.length;
  while (start > 0 && text.charCodeAt(start - 1) === 46) start--;
  return start;
}
