/**
 * Turns a pattern as Rust (`fancy-regex`, `regex`) and Oniguruma write it into a JavaScript RegExp: `(?i:…)` becomes explicit
 * cases, possessive quantifiers and atomic groups become look-aheads, `\s` becomes White_Space and `\d` \p{Nd}. The slow path for
 * patterns without a scanner, and the oracle of the scanners. Refuses what would change meaning silently, and nested unbounded
 * quantifiers, which can take exponential time.
 */
import { LlmError } from '@llm/core';

interface Group {
  /** Where the group begins in the output. */
  readonly start: number;
  readonly insensitive: boolean;
  readonly atomic: boolean;
  /** An unbounded quantifier was seen inside. */
  repeats: boolean;
}

const escapedClasses: Readonly<Record<string, string>> = {
  s: '\\p{White_Space}',
  S: '\\P{White_Space}',
  d: '\\p{Nd}',
  D: '\\P{Nd}',
  w: '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}',
};

export function translatePattern(source: string): RegExp {
  const translator = new Translator(source);
  const text = translator.run();
  try {
    return new RegExp(text, 'gu');
  } catch (cause) {
    throw new LlmError({
      code: 'tokenizer/pattern-unsupported',
      message: `The pre-tokenization pattern ${quote(source)} cannot be read as a regular expression: ${String(cause)}`,
      details: { pattern: source },
      cause,
    });
  }
}

class Translator {
  #output = '';
  #position = 0;
  #atomics = 0;
  readonly #groups: Group[] = [];
  /** Start of the last quantifiable atom in the output, and whether it repeats inside. */
  #atom = -1;
  #atomRepeats = false;

  constructor(readonly source: string) {}

  run(): string {
    while (this.#position < this.source.length) this.#step();
    if (this.#groups.length > 0) throw this.#unsupported('a group is not closed');
    return this.#output;
  }

  get #insensitive(): boolean {
    return this.#groups.at(-1)?.insensitive ?? false;
  }

  #step(): void {
    const character = String.fromCodePoint(this.source.codePointAt(this.#position)!);
    if (character === '\\') this.#escape();
    else if (character === '[') this.#class();
    else if (character === '(') this.#open();
    else if (character === ')') this.#close();
    else if (/[*+?]/.test(character) || (character === '{' && this.#boundedQuantifier() !== undefined))
      this.#quantifier();
    else if (/[|^$]/.test(character)) {
      this.#output += character;
      this.#atom = -1;
      this.#position++;
    } else {
      this.#beginAtom();
      this.#output += character === '.' ? '.' : this.#literal(character);
      this.#position += character.length;
    }
  }

  #beginAtom(): void {
    this.#atom = this.#output.length;
    this.#atomRepeats = false;
  }

  #literal(character: string): string {
    const cases = this.#insensitive ? caseVariants(character) : character;
    if (cases.length > character.length) return `[${cases}]`;
    return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
  }

  #escape(): void {
    this.#beginAtom();
    const escaped = this.#readEscape(false);
    if (escaped === '\\b' || escaped === '\\B') this.#atom = -1;
    this.#output += escaped;
  }

  /** Reads `\x` at the position and returns its JavaScript form. */
  #readEscape(inClass: boolean): string {
    const name = this.source[this.#position + 1] ?? '';
    this.#position += 2;
    if (name === 'p' || name === 'P') return this.#property(name);
    const unicodeClass = escapedClasses[name];
    if (unicodeClass !== undefined) return name === 'w' && !inClass ? `[${unicodeClass}]` : unicodeClass;
    if (name === 'W' && !inClass) return `[^${escapedClasses.w}]`;
    if (/[nrtfv]/.test(name)) return `\\${name}`;
    if (name === 'x' || name === 'u') return this.#codePoint(name);
    if (name === 'b' || name === 'B') return `\\${name}`;
    if (name === 'A') return '^';
    if (name === 'z') return '$';
    if (/[A-Za-z0-9]/.test(name) || name === '') throw this.#unsupported(`"\\${name}"`);
    if (name === '-') return inClass ? '\\-' : '-';
    return /[\^$\\.*+?()[\]{}|/]/.test(name) ? `\\${name}` : name;
  }

  #property(name: string): string {
    const rest = this.source.slice(this.#position);
    const match = /^(?:\{(\^?)([A-Za-z_=]+)\}|([A-Z]))/.exec(rest);
    if (match === null) throw this.#unsupported(`"\\${name}" without a property`);
    this.#position += match[0].length;
    const negated = (match[1] === '^') !== (name === 'P');
    const property = match[2] ?? match[3]!;
    const letter = negated ? 'P' : 'p';
    for (const candidate of [property, `Script=${property}`]) {
      try {
        new RegExp(`\\p{${candidate}}`, 'u');
        return `\\${letter}{${candidate}}`;
      } catch {
        // Not a name JavaScript knows; the next candidate may be.
      }
    }
    throw this.#unsupported(`the property "${property}"`);
  }

  #codePoint(name: string): string {
    const match = /^(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{4})|([0-9A-Fa-f]{2}))/.exec(
      this.source.slice(this.#position),
    );
    const digits = match?.[1] ?? (name === 'u' ? match?.[2] : (match?.[3] ?? match?.[2]?.slice(0, 2)));
    if (match === null || digits === undefined) throw this.#unsupported(`"\\${name}"`);
    this.#position += match[1] === undefined ? digits.length : match[0].length;
    return `\\u{${digits}}`;
  }

  #class(): void {
    this.#beginAtom();
    let output = '[';
    this.#position++;
    if (this.source[this.#position] === '^') {
      output += '^';
      this.#position++;
    }
    for (let first = true; ; first = false) {
      const character = this.source[this.#position];
      if (character === undefined) throw this.#unsupported('a character class is not closed');
      if (character === ']' && !first) break;
      if (character === '[' || this.source.startsWith('&&', this.#position)) {
        throw this.#unsupported('nested character classes');
      }
      if (character === '\\') output += this.#readEscape(true);
      else {
        const whole = String.fromCodePoint(this.source.codePointAt(this.#position)!);
        this.#position += whole.length;
        if (this.#insensitive && /[A-Za-z]/.test(whole) && this.source[this.#position] === '-') {
          throw this.#unsupported('a range of letters that ignores case');
        }
        output += /[\^\\()[\]{}|/]/.test(whole)
          ? `\\${whole}`
          : this.#insensitive
            ? caseVariants(whole)
            : whole;
      }
    }
    this.#position++;
    this.#output += `${output}]`;
  }

  #open(): void {
    const match = /^\((?:\?(i?):|\?(<?[!=])|(\?>))?/.exec(this.source.slice(this.#position))!;
    const [whole, insensitive, look, atomic] = match;
    if (this.source[this.#position + 1] === '?' && whole.length === 1) throw this.#unsupported('this group');
    this.#position += whole.length;
    this.#groups.push({
      start: this.#output.length,
      insensitive: this.#insensitive || insensitive === 'i',
      atomic: atomic !== undefined,
      repeats: false,
    });
    this.#output += look === undefined ? '(?:' : `(?${look}`;
    this.#atom = -1;
  }

  #close(): void {
    const group = this.#groups.pop();
    if (group === undefined) throw this.#unsupported('")" without "("');
    this.#position++;
    this.#output += ')';
    if (group.atomic) this.#makeAtomic(group.start);
    this.#atom = group.start;
    this.#atomRepeats = group.repeats;
    const parent = this.#groups.at(-1);
    if (parent !== undefined) parent.repeats ||= group.repeats;
  }

  #makeAtomic(start: number): void {
    const name = `atomic${this.#atomics++}`;
    this.#output = `${this.#output.slice(0, start)}(?:(?=(?<${name}>${this.#output.slice(start)}))\\k<${name}>)`;
  }

  #boundedQuantifier(): RegExpExecArray | undefined {
    return /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.source.slice(this.#position)) ?? undefined;
  }

  #quantifier(): void {
    if (this.#atom < 0) throw this.#unsupported('a quantifier without anything before it');
    const bounded = this.source[this.#position] === '{' ? this.#boundedQuantifier()! : undefined;
    const text = bounded?.[0] ?? this.source[this.#position]!;
    const unbounded = bounded === undefined ? text !== '?' : bounded[2] !== undefined && bounded[3] === '';
    this.#position += text.length;
    const suffix = this.source[this.#position];
    const possessive = suffix === '+';
    if (possessive || suffix === '?') this.#position++;
    this.#output += text + (suffix === '?' ? '?' : '');
    if (unbounded && this.#atomRepeats && !possessive) {
      throw new LlmError({
        code: 'tokenizer/pattern-unsafe',
        message: `The pre-tokenization pattern ${quote(this.source)} repeats a repetition at character ${this.#position}, which can take exponential time; write it without nested "+" or "*".`,
        details: { pattern: this.source, position: this.#position },
      });
    }
    if (possessive) this.#makeAtomic(this.#atom);
    const group = this.#groups.at(-1);
    if (unbounded && group !== undefined) group.repeats = true;
    this.#atomRepeats ||= unbounded;
  }

  #unsupported(what: string): LlmError {
    return new LlmError({
      code: 'tokenizer/pattern-unsupported',
      message: `The pre-tokenization pattern ${quote(this.source)} has ${what} near character ${this.#position}, which has no equivalent here.`,
      details: { pattern: this.source, position: this.#position },
    });
  }
}

/** All characters that match `character` when case is ignored, by simple case folding of ASCII letters. */
function caseVariants(character: string): string {
  if (!/^[A-Za-z]$/.test(character)) return character;
  const both = character.toLowerCase() + character.toUpperCase();
  if (both === 'sS') return 'sSſ';
  return both === 'kK' ? 'kK\u212a' : both;
}

function quote(source: string): string {
  return JSON.stringify(source.length > 200 ? `${source.slice(0, 200)}…` : source);
}
