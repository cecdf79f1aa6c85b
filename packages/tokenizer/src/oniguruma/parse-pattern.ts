/**
 * Reads a pattern in Oniguruma's syntax, which `tokenizer.json` files are written in (RE.txt of Oniguruma
 * 6.9). References to groups, calls of groups, conditions, absence operators, `\K`, `\G` and `\X` are refused
 * by name.
 */
import { CodePointSet } from './code-point-set.js';
import { parseCharacterClass } from './parse-character-class.js';
import { parseEscape } from './parse-escape.js';
import { PatternSource } from './pattern-source.js';
import type { Assertion, SyntaxNode } from './syntax-tree.js';
import { anyCharacter } from './unicode-sets.js';

interface Flags {
  readonly ignoresCase: boolean;
  /** The dot takes line breaks too (`(?m)`, which others call s). */
  readonly dotTakesAll: boolean;
  /** Blanks and comments mean nothing (`(?x)`). */
  readonly isExtended: boolean;
}

/** Groups inside groups at most. */
const deepest = 200;
/** Longest pattern in characters. */
const longest = 20_000;
/** Greatest bound of a quantifier, as in Oniguruma. */
const mostRepeats = 100_000;

const assertions: Readonly<Record<string, Assertion>> = {
  A: 'text-start',
  z: 'text-end',
  Z: 'text-end-before-newline',
  b: 'word-boundary',
  B: 'no-word-boundary',
};
const lineFeed = CodePointSet.of([10, 10]);

/** Throws `tokenizer/pattern-unsupported`. */
export function parsePattern(text: string): SyntaxNode {
  const source = new PatternSource(text);
  if (text.length > longest) throw source.unsupported(`more than ${longest} characters`);
  const parser = new Parser(source);
  const node = parser.alternatives({ ignoresCase: false, dotTakesAll: false, isExtended: false }, 0);
  if (!source.isAtEnd) throw source.unsupported('a ")" without "("');
  return node;
}

class Parser {
  constructor(readonly source: PatternSource) {}

  /** Up to the closing bracket or the end, neither passed over. */
  alternatives(flags: Flags, depth: number): SyntaxNode {
    if (depth > deepest) throw this.source.unsupported(`groups nested more than ${deepest} deep`);
    const items = [this.sequence(flags, depth)];
    while (this.source.accept('|')) items.push(this.sequence(flags, depth));
    return items.length === 1 ? items[0]! : { type: 'alternatives', items };
  }

  sequence(flags: Flags, depth: number): SyntaxNode {
    const items: SyntaxNode[] = [];
    const { source } = this;
    while (!source.isAtEnd && source.next !== '|' && source.next !== ')') {
      if (source.match(/\(\?#(?:[^)\\]|\\.)*\)/sy) !== undefined) continue;
      if (flags.isExtended && source.match(/\p{White_Space}+|#[^\n]*\n?/uy) !== undefined) continue;
      const option = source.match(/\(\?([imx]*)(?:-([imx]*))?\)/y);
      if (option !== undefined) {
        // The rest of the group, its other alternatives included, stands under the option.
        items.push(this.alternatives(changed(flags, option[1]!, option[2] ?? ''), depth + 1));
        break;
      }
      const item = this.repeated(this.atom(flags, depth), flags);
      const last = items.at(-1);
      // Text goes on through a group without options, and `ss` in two parts is `ß` all the same.
      const text = item.type === 'sequence' && item.items.length === 1 ? item.items[0]! : item;
      if (text.type === 'text' && last?.type === 'text' && last.ignoresCase === text.ignoresCase)
        items[items.length - 1] = { ...last, text: last.text + text.text };
      else items.push(item);
    }
    return items.length === 1 ? items[0]! : { type: 'sequence', items };
  }

  atom(flags: Flags, depth: number): SyntaxNode {
    const { source } = this;
    const character = source.take();
    switch (character) {
      case '^':
        return { type: 'assertion', assertion: 'line-start' };
      case '$':
        return { type: 'assertion', assertion: 'line-end' };
      case '.':
        return { type: 'set', set: flags.dotTakesAll ? anyCharacter : lineFeed.inverted() };
      case '[': {
        const { set, texts } = parseCharacterClass(source, flags.ignoresCase);
        if (texts.length === 0) return { type: 'set', set };
        const longer = texts.map((text): SyntaxNode => ({ type: 'text', text, ignoresCase: true }));
        return { type: 'alternatives', items: [{ type: 'set', set }, ...longer] };
      }
      case '(':
        return this.group(flags, depth);
      case '\\':
        return this.escape(flags);
      case '*':
      case '+':
      case '?':
        throw source.unsupported(`a "${character}" without anything before it`);
      default:
        if (character === '{') {
          source.position--;
          if (source.match(interval) !== undefined)
            throw source.unsupported('a quantifier without anything before it');
          source.position++;
        }
        return { type: 'text', text: character, ignoresCase: flags.ignoresCase };
    }
  }

  escape(flags: Flags): SyntaxNode {
    const { source } = this;
    const assertion = assertions[source.next];
    if (assertion !== undefined) {
      source.take();
      return { type: 'assertion', assertion };
    }
    if (source.accept('N')) return { type: 'set', set: lineFeed.inverted() };
    if (source.accept('O')) return { type: 'set', set: anyCharacter };
    if (source.accept('R')) {
      const breaks = CodePointSet.of([10, 13], [0x85, 0x85], [0x2028, 0x2029]);
      const items: SyntaxNode[] = [
        { type: 'text', text: '\r\n', ignoresCase: false },
        { type: 'set', set: breaks },
      ];
      return { type: 'atomic', body: { type: 'alternatives', items } };
    }
    const octal = source.match(/[1-3][0-7]{2}/y);
    const found = octal === undefined ? parseEscape(source, false) : Number.parseInt(octal[0], 8);
    if (octal !== undefined && (found as number) > 127) throw source.unsupported('a byte that is no ASCII');
    return typeof found === 'number'
      ? { type: 'text', text: String.fromCodePoint(found), ignoresCase: flags.ignoresCase }
      : { type: 'set', set: found };
  }

  group(flags: Flags, depth: number): SyntaxNode {
    const { source } = this;
    const close = (inner: Flags = flags): SyntaxNode => {
      const body = this.alternatives(inner, depth + 1);
      if (!source.accept(')')) throw source.unsupported('a group that is not closed');
      // A group is one thing: the text before a quantifier is its last character otherwise.
      return body.type === 'text' ? grouped(body) : body;
    };
    const isCapture =
      source.next !== '?' || source.match(/\?(?:P?<[\p{L}_]\w*>|'[\p{L}_]\w*')/uy) !== undefined;
    if (isCapture) return grouped(close());
    if (source.accept('?>')) return { type: 'atomic', body: close() };
    const look = source.match(/\?(<?)([=!])/y);
    if (look !== undefined) {
      const isBehind = look[1] === '<';
      return { type: 'look', isBehind, isNegative: look[2] === '!', body: close() };
    }
    const option = source.match(/\?([imx]*)(?:-([imx]*))?:/y);
    if (option === undefined) throw source.unsupported('a group of an unknown kind');
    const body = close(changed(flags, option[1]!, option[2] ?? ''));
    return option[0] === '?:' || body.type !== 'sequence' ? body : grouped(body);
  }

  /** `atom` under all the quantifiers that follow it. */
  repeated(atom: SyntaxNode, flags: Flags): SyntaxNode {
    let item = atom;
    for (let count = 0; ; count++) {
      const next = this.quantified(item, flags);
      if (next === undefined) return item;
      if (count === deepest) throw this.source.unsupported(`more than ${deepest} quantifiers in a row`);
      item = next;
    }
  }

  /** `body` under the quantifier that comes next; undefined where none does. */
  quantified(body: SyntaxNode, flags: Flags): SyntaxNode | undefined {
    const { source } = this;
    if (flags.isExtended) source.match(/(?:\p{White_Space}|#[^\n]*(?:\n|$))+(?=[*+?{])/uy);
    const simple = source.match(/[*+?]/y)?.[0];
    const bounds = simple === undefined ? source.match(interval) : undefined;
    if (simple === undefined && bounds === undefined) return undefined;
    if (body.type === 'assertion' || body.type === 'look')
      throw source.unsupported('a quantifier after what takes no text');
    let least = simple === '+' ? 1 : 0;
    let most = simple === '?' ? 1 : Number.POSITIVE_INFINITY;
    let kind: 'greedy' | 'reluctant' | 'possessive' = 'greedy';
    if (bounds !== undefined) {
      const [, low, comma, high] = bounds;
      least = Number(low);
      most = comma === undefined ? least : high === '' ? Number.POSITIVE_INFINITY : Number(high);
      if (least > mostRepeats || (most > mostRepeats && most !== Number.POSITIVE_INFINITY))
        throw source.unsupported(`a quantifier above ${mostRepeats}`);
      // {3,1} is the possessive form of {1,3}.
      if (most < least) [least, most, kind] = [most, least, 'possessive'];
      else if (comma !== undefined && source.accept('?')) kind = 'reluctant';
    } else if (source.accept('?')) kind = 'reluctant';
    else if (source.accept('+')) kind = 'possessive';
    return { type: 'repeat', body, least, most, kind };
  }
}

function grouped(node: SyntaxNode): SyntaxNode {
  return { type: 'sequence', items: [node] };
}

/** `{n}`, `{n,}`, `{n,m}` and `{,m}`; other braces are text. */
const interval = /\{(?=,?\d)(\d*)(?:(,)(\d*))?\}/y;

function changed(flags: Flags, on: string, off: string): Flags {
  const is = (letter: string, before: boolean): boolean =>
    !off.includes(letter) && (on.includes(letter) || before);
  return {
    ignoresCase: is('i', flags.ignoresCase),
    dotTakesAll: is('m', flags.dotTakesAll),
    isExtended: is('x', flags.isExtended),
  };
}
