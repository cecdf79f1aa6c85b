/**
 * The pattern of a JSON schema (ECMA-262) as the JSON strings whose text it is found in. Characters are
 * written as themselves; those that JSON must escape are escaped.
 */
import { LlmError } from '@llm/core';
import {
  type CodePointRange,
  characters,
  choice,
  type Expression,
  empty,
  literal,
  repeat,
  sequence,
  without,
} from './expression.js';

const digits: readonly CodePointRange[] = [[0x30, 0x39]];
const words: readonly CodePointRange[] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const spaces: readonly CodePointRange[] = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const lineEnds: readonly CodePointRange[] = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];

const classes: Readonly<Record<string, readonly CodePointRange[]>> = {
  d: digits,
  D: without(digits),
  w: words,
  W: without(words),
  s: spaces,
  S: without(spaces),
};

const controls: Readonly<Record<string, number>> = { n: 0x0a, r: 0x0d, t: 0x09, f: 0x0c, v: 0x0b, 0: 0 };

const maximumRepeat = 1000;

/** What must be escaped in a JSON string, and how it is written. */
const mustEscape: readonly CodePointRange[] = [
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
];

/** Any of these characters as JSON writes it inside a string. */
export function jsonCharacters(ranges: readonly CodePointRange[]): Expression {
  const plain = without([...without(ranges), ...mustEscape]);
  const escaped: Expression[] = [];
  for (const [first, last] of ranges)
    for (const [from, to] of mustEscape)
      for (let code = Math.max(first, from); code <= Math.min(last, to); code++)
        escaped.push(literal(JSON.stringify(String.fromCodePoint(code)).slice(1, -1)));
  return choice(characters(plain), ...escaped);
}

export const anyText = repeat(jsonCharacters([[0, 0x10ffff]]), 0, Number.POSITIVE_INFINITY);

/** The whole JSON string, with its quotes. Throws `assistant/schema-unsupported`, naming the construct. */
export function patternExpression(pattern: string): Expression {
  return sequence(literal('"'), new PatternReader(pattern).read(), literal('"'));
}

class PatternReader {
  #at = 0;
  readonly #symbols: readonly string[];

  constructor(private readonly pattern: string) {
    this.#symbols = Array.from(pattern);
  }

  read(): Expression {
    const alternatives: Expression[] = [];
    do {
      const isBegun = this.#take('^');
      const body = this.#readSequence();
      const isEnded = this.#take('$');
      if (this.#at < this.#symbols.length && this.#symbols[this.#at] !== '|')
        throw this.#unsupported(`"${this.#symbols[this.#at]}" there`);
      alternatives.push(sequence(...(isBegun ? [] : [anyText]), body, ...(isEnded ? [] : [anyText])));
    } while (this.#take('|'));
    return choice(...alternatives);
  }

  #readSequence(): Expression {
    const parts: Expression[] = [];
    for (;;) {
      const symbol = this.#symbols[this.#at];
      if (symbol === undefined || symbol === '|' || symbol === ')' || symbol === '$') break;
      parts.push(this.#readQuantified());
    }
    return parts.length === 1 ? parts[0]! : sequence(...parts);
  }

  #readQuantified(): Expression {
    const part = this.#readAtom();
    const [minimum, maximum] = this.#readQuantifier();
    // Lazy or not, the texts are the same.
    if (minimum !== 1 || maximum !== 1) this.#take('?');
    if (minimum > maximum) throw this.#unsupported(`a repetition from ${minimum} to ${maximum}`);
    return minimum === 1 && maximum === 1 ? part : repeat(part, minimum, maximum);
  }

  #readQuantifier(): [minimum: number, maximum: number] {
    if (this.#take('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#take('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#take('?')) return [0, 1];
    const rest = this.#symbols.slice(this.#at, this.#at + 24).join('');
    const [written, low, comma, high] = /^\{(\d{1,6})(,?)(\d{0,6})\}/.exec(rest) ?? [];
    if (written === undefined) return [1, 1];
    this.#at += written.length;
    const minimum = Number(low);
    const maximum = comma === '' ? minimum : high === '' ? Number.POSITIVE_INFINITY : Number(high);
    if (minimum > maximumRepeat || (maximum > maximumRepeat && maximum < Number.POSITIVE_INFINITY))
      throw this.#unsupported(`a repetition of more than ${maximumRepeat}`);
    return [minimum, maximum];
  }

  #readAtom(): Expression {
    const symbol = this.#symbols[this.#at++]!;
    if (symbol === '(') return this.#readGroup();
    if (symbol === '[') return jsonCharacters(this.#readClass());
    if (symbol === '.') return jsonCharacters(without(lineEnds));
    if (symbol === '\\') return jsonCharacters(this.#readEscape(false));
    if ('^*+?{'.includes(symbol)) throw this.#unsupported(`"${symbol}" there`);
    const code = symbol.codePointAt(0)!;
    return jsonCharacters([[code, code]]);
  }

  #readGroup(): Expression {
    if (this.#take('?')) {
      const kind = this.#symbols[this.#at++];
      const isNamed = kind === '<' && !'=!'.includes(this.#symbols[this.#at] ?? '=');
      if (isNamed) this.#at = this.#symbols.indexOf('>', this.#at) + 1;
      else if (kind !== ':')
        throw this.#unsupported(`a group that begins with "(?${kind ?? ''}" (lookaround)`);
    }
    const alternatives: Expression[] = [];
    do alternatives.push(this.#readSequence());
    while (this.#take('|'));
    if (!this.#take(')')) throw this.#unsupported('a group that is not closed, or "$" in it');
    return alternatives.length === 0 ? empty : choice(...alternatives);
  }

  #readClass(): CodePointRange[] {
    const isInverted = this.#take('^');
    const ranges: CodePointRange[] = [];
    while (!this.#take(']')) {
      const first = this.#readClassAtom();
      const isRange = this.#symbols[this.#at] === '-' && this.#symbols[this.#at + 1] !== ']';
      if (!isRange || first.length !== 1 || first[0]![0] !== first[0]![1]) {
        ranges.push(...first);
        continue;
      }
      this.#at++;
      const last = this.#readClassAtom();
      if (last.length !== 1 || last[0]![0] < first[0]![0])
        throw this.#unsupported('a range that goes backwards');
      ranges.push([first[0]![0], last[0]![0]]);
    }
    const found = isInverted ? without(ranges) : ranges;
    if (found.length === 0) throw this.#unsupported('a class of no character');
    return found;
  }

  #readClassAtom(): readonly CodePointRange[] {
    const symbol = this.#symbols[this.#at++];
    if (symbol === undefined) throw this.#unsupported('a class that is not closed');
    if (symbol === '\\') return this.#readEscape(true);
    const code = symbol.codePointAt(0)!;
    return [[code, code]];
  }

  #readEscape(isClass: boolean): readonly CodePointRange[] {
    const symbol = this.#symbols[this.#at++];
    const named = symbol === undefined ? undefined : classes[symbol];
    if (named !== undefined) return named;
    const single = (code: number): readonly CodePointRange[] => [[code, code]];
    if (symbol !== undefined && Object.hasOwn(controls, symbol)) return single(controls[symbol]!);
    if (isClass && symbol === 'b') return single(8);
    const rest = this.#symbols.slice(this.#at, this.#at + 10).join('');
    const [written, braced, plain] =
      (symbol === 'u'
        ? /^(?:\{([\da-fA-F]{1,6})\}|([\da-fA-F]{4}))/
        : symbol === 'x'
          ? /^()([\da-fA-F]{2})/
          : /^\b$/
      ).exec(rest) ?? [];
    if (written !== undefined && written !== '') {
      this.#at += written.length;
      return single(Number.parseInt(braced || plain!, 16));
    }
    if (symbol === undefined || /[\p{L}\p{N}]/u.test(symbol)) throw this.#unsupported(`"\\${symbol ?? ''}"`);
    return single(symbol.codePointAt(0)!);
  }

  #take(symbol: string): boolean {
    if (this.#symbols[this.#at] !== symbol) return false;
    this.#at++;
    return true;
  }

  #unsupported(what: string): LlmError {
    return new LlmError({
      code: 'assistant/schema-unsupported',
      message: `The pattern ${JSON.stringify(this.pattern.slice(0, 100))} has ${what} at ${this.#at}. Patterns may have characters, classes, groups, alternatives and repetitions, with ^ first and $ last.`,
      details: { pattern: this.pattern.slice(0, 200), what },
    });
  }
}
