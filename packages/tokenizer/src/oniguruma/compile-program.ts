/**
 * Syntax tree → program. Bounded repetitions are written out, so that a state of the matcher is a place in
 * the program and one in the text.
 */
import { LlmError } from '@llm/core';
import { foldOf, longestFold, membersOf } from './case-folding.js';
import { CodePointSet } from './code-point-set.js';
import { canBeEmpty, firstCharacters, hasAssertion } from './first-characters.js';
import { quote } from './pattern-source.js';
import { operation, type Program } from './program.js';
import type { Assertion, SyntaxNode } from './syntax-tree.js';

/** Instructions at most. */
const longestProgram = 50_000;
/** Loops whose pass may be empty, one inside the other, at most: a bit of a state each. */
const deepestLoops = 30;

export const assertionNumbers: Readonly<Record<Assertion, number>> = {
  'text-start': 0,
  'text-end': 1,
  'text-end-before-newline': 2,
  'line-start': 3,
  'line-end': 4,
  'word-boundary': 5,
  'no-word-boundary': 6,
};

/** Throws `tokenizer/pattern-unsafe` for a pattern that becomes too large. */
export function compileProgram(tree: SyntaxNode, source: string): Program {
  const compiler = new Compiler(source);
  compiler.node(tree, false, 0);
  compiler.emit(operation.match);
  return { code: Int32Array.from(compiler.code), sets: compiler.sets, first: firstCharacters(tree) };
}

class Compiler {
  readonly code: number[] = [];
  readonly sets: CodePointSet[] = [];
  readonly #setNumbers = new Map<CodePointSet, number>();

  constructor(readonly source: string) {}

  get here(): number {
    return this.code.length / 4;
  }

  /** Adds an instruction and returns where it is. */
  emit(name: number, a = 0, b = 0, c = -1): number {
    if (this.here >= longestProgram)
      throw this.unsafe(`takes more than ${longestProgram} steps when its repetitions are written out`);
    this.code.push(name, a, b, c);
    return this.here - 1;
  }

  set(at: number, field: 'a' | 'b', value: number): void {
    this.code[at * 4 + (field === 'a' ? 1 : 2)] = value;
  }

  number(set: CodePointSet): number {
    let index = this.#setNumbers.get(set);
    if (index === undefined) {
      index = this.sets.push(set) - 1;
      this.#setNumbers.set(set, index);
    }
    return index;
  }

  /** `isBackward`: inside a look-behind, where text is taken from its end. `loops`: bits in use. */
  node(node: SyntaxNode, isBackward: boolean, loops: number): void {
    switch (node.type) {
      case 'set':
        this.emit(isBackward ? operation.setBefore : operation.set, this.number(node.set));
        return;
      case 'text':
        if (node.ignoresCase) this.foldedText(node.text, isBackward);
        else this.text(node.text, isBackward);
        return;
      case 'sequence':
        for (const item of isBackward ? [...node.items].reverse() : node.items)
          this.node(item, isBackward, loops);
        return;
      case 'alternatives':
        this.alternatives(node.items, isBackward, loops);
        return;
      case 'repeat':
        this.repeat(node, isBackward, loops);
        return;
      case 'assertion':
        this.emit(operation.assertion, assertionNumbers[node.assertion]);
        return;
      case 'atomic':
        this.part(
          isBackward,
          () => this.emit(operation.atomic),
          () => this.node(node.body, false, loops),
        );
        return;
      case 'look':
        if (isBackward && node.isBehind && node.isNegative && canBeEmpty(node.body))
          throw this.unsupported('a look-behind with another that forbids what may be empty');
        this.part(
          false,
          () => this.emit(operation.look, 0, node.isNegative ? 1 : 0),
          () => this.node(node.body, node.isBehind, loops),
        );
    }
  }

  part(isBackward: boolean, open: () => number, body: () => void): void {
    if (isBackward) throw this.unsupported('a look-behind with an atomic group or a possessive quantifier');
    const at = open();
    body();
    this.emit(operation.match);
    this.set(at, 'a', this.here);
  }

  text(text: string, isBackward: boolean): void {
    const characters = Array.from(text, (character) => character.codePointAt(0)!);
    if (isBackward) characters.reverse();
    for (const character of characters)
      this.emit(isBackward ? operation.characterBefore : operation.character, character);
  }

  /** Text in any case: at each place one character, or one that stands for several (`ß` for `ss`). */
  foldedText(text: string, isBackward: boolean): void {
    const folded = [...Array.from(text, (character) => foldOf(character.codePointAt(0)!)).join('')];
    if (isBackward) {
      for (const character of folded.reverse())
        this.emit(operation.setBefore, this.number(this.caseSet(character)!));
      return;
    }
    const starts: number[] = [];
    const jumps: [number, number][] = [];
    folded.forEach((character, i) => {
      starts[i] = this.here;
      const single = this.caseSet(character)!;
      for (let length = Math.min(longestFold(), folded.length - i); length > 1; length--) {
        const longer = this.caseSet(folded.slice(i, i + length).join(''));
        if (longer === undefined) continue;
        const split = this.emit(operation.split, 0, 0, this.number(longer));
        this.set(split, 'a', this.here);
        this.emit(operation.set, this.number(longer));
        jumps.push([this.emit(operation.jump), i + length]);
        this.set(split, 'b', this.here);
      }
      this.emit(operation.set, this.number(single));
    });
    starts[folded.length] = this.here;
    for (const [at, target] of jumps) this.set(at, 'a', starts[target]!);
  }

  /** The characters that fold to this text; undefined for a longer text that none folds to. */
  caseSet(folded: string): CodePointSet | undefined {
    const members = membersOf(folded);
    const own = [...folded].length === 1 ? [folded.codePointAt(0)!] : [];
    if (members.length + own.length === 0) return undefined;
    return CodePointSet.of(...[...members, ...own].map((codePoint) => [codePoint, codePoint] as const));
  }

  alternatives(items: readonly SyntaxNode[], isBackward: boolean, loops: number): void {
    const ends: number[] = [];
    items.forEach((item, i) => {
      const isLast = i === items.length - 1;
      const first = isBackward ? undefined : firstCharacters(item);
      const split = isLast
        ? -1
        : this.emit(operation.split, 0, 0, first === undefined ? -1 : this.number(first));
      if (!isLast) this.set(split, 'a', this.here);
      this.node(item, isBackward, loops);
      if (isLast) return;
      ends.push(this.emit(operation.jump));
      this.set(split, 'b', this.here);
    });
    for (const end of ends) this.set(end, 'a', this.here);
  }

  repeat(node: SyntaxNode & { type: 'repeat' }, isBackward: boolean, loops: number): void {
    const { body, least, most, kind } = node;
    const isCounted = most > 1 && (most < Number.POSITIVE_INFINITY || least > 1);
    // Oniguruma leaves such a repetition when it took no text, with passes still to come.
    if (isCounted && canBeEmpty(body) && hasAssertion(body))
      throw this.unsupported('a bounded repetition of what may be empty by an assertion');
    const set = isBackward ? undefined : singleSet(body);
    if (kind === 'possessive' && set === undefined) {
      const greedy: SyntaxNode = { ...node, kind: 'greedy' };
      this.part(
        isBackward,
        () => this.emit(operation.atomic),
        () => this.node(greedy, false, loops),
      );
      return;
    }
    for (let i = 0; i < least; i++) this.node(body, isBackward, loops);
    if (most === least) return;
    const limit = most === Number.POSITIVE_INFINITY ? -1 : most - least;
    if (set !== undefined && kind !== 'reluctant') {
      this.emit(kind === 'possessive' ? operation.possessiveLoop : operation.loop, this.number(set), limit);
      return;
    }
    if (limit < 0) this.endless(body, kind === 'reluctant', isBackward, loops);
    else this.optional(body, limit, kind === 'reluctant', isBackward, loops);
  }

  optional(body: SyntaxNode, times: number, isReluctant: boolean, isBackward: boolean, loops: number): void {
    const splits: number[] = [];
    for (let i = 0; i < times; i++) {
      const split = this.emit(operation.split);
      splits.push(split);
      this.set(split, isReluctant ? 'b' : 'a', this.here);
      this.node(body, isBackward, loops);
    }
    for (const split of splits) this.set(split, isReluctant ? 'a' : 'b', this.here);
  }

  endless(body: SyntaxNode, isReluctant: boolean, isBackward: boolean, loops: number): void {
    const isChecked = canBeEmpty(body);
    if (isChecked && loops >= deepestLoops)
      throw this.unsafe(`nests more than ${deepestLoops} repetitions of what may be empty`);
    const split = this.emit(operation.split);
    this.set(split, isReluctant ? 'b' : 'a', this.here);
    if (isChecked) this.emit(operation.passStart, 1 << loops);
    this.node(body, isBackward, isChecked ? loops + 1 : loops);
    if (isChecked) this.emit(operation.passEnd, 1 << loops, split);
    else this.emit(operation.jump, split);
    this.set(split, isReluctant ? 'a' : 'b', this.here);
  }

  unsafe(problem: string): LlmError {
    return new LlmError({
      code: 'tokenizer/pattern-unsafe',
      message: `The pattern ${quote(this.source)} ${problem}; write it with fewer or smaller repetitions.`,
      details: { pattern: this.source.slice(0, 200) },
    });
  }

  unsupported(what: string): LlmError {
    return new LlmError({
      code: 'tokenizer/pattern-unsupported',
      message: `The pattern ${quote(this.source)} has ${what}, which is not read here.`,
      details: { pattern: this.source.slice(0, 200) },
    });
  }
}

/** The set of a part that is one character. */
function singleSet(node: SyntaxNode): CodePointSet | undefined {
  if (node.type === 'set') return node.set;
  if (node.type === 'sequence' && node.items.length === 1) return singleSet(node.items[0]!);
  if (node.type !== 'text' || node.ignoresCase) return undefined;
  const codePoint = node.text.codePointAt(0);
  const isOne = codePoint !== undefined && node.text.length === (codePoint > 0xffff ? 2 : 1);
  return isOne ? CodePointSet.of([codePoint, codePoint]) : undefined;
}
