/**
 * Runs a program over a text by backtracking, with Oniguruma's priorities. What failed once is not tried
 * again: after a while every state (place in the program, place in the text) is remembered, so that any
 * pattern takes time linear in the text (as Ruby 3.2 does; Davis, Servant, Lee: Using Selective Memoization
 * to Defeat ReDoS, 2021). Parts that a look-around or atomic group took are remembered with their end.
 */
import { LlmError } from '@llm/core';
import { assertionHolds } from './assertions.js';
import { quote } from './pattern-source.js';
import { operation, type Program } from './program.js';
import { StateMemory } from './state-memory.js';
import { codePointAt, widthAt, widthBefore } from './text-positions.js';

/** Steps for each character after which states are remembered. */
const patience = 32;
/** Steps at most: for a text, and for each of its characters. */
const mostSteps = 20_000_000;
const mostStepsEach = 300;
/**
 * Numbers of an entry of the stack: where to go on, the place in the text, the least place of a loop or -1,
 * bits of open passes.
 */
const entrySize = 4;

export class Matcher {
  #text = '';
  #steps = 0;
  #memory: StateMemory | undefined;
  #stack = new Int32Array(1024);
  #height = 0;
  #isInner = 0;
  /** By instruction: where the last run of a possessive loop began and ended. */
  readonly #runs = new Map<number, readonly [number, number]>();

  constructor(
    readonly program: Program,
    readonly source: string,
  ) {}

  /**
   * Bounds of every match, as the Rust crate `onig` finds them: an empty match right after another one is
   * passed over.
   */
  forEach(text: string, visit: (start: number, end: number) => void): void {
    this.#begin(text);
    const { first } = this.program;
    let lastEnd = -1;
    for (let from = 0; from <= text.length; ) {
      let start = from;
      let end = -1;
      for (; start <= text.length; start += widthAt(text, start)) {
        if (first !== undefined) {
          while (start < text.length && !first.has(codePointAt(text, start))) start += widthAt(text, start);
          if (start >= text.length) break;
        }
        end = this.#run(0, start, -1);
        if (end >= 0) break;
      }
      if (end < 0) break;
      if (end === start && end === lastEnd) {
        from = end + widthAt(text, end);
        continue;
      }
      from = end;
      lastEnd = end;
      visit(start, end);
    }
    this.#text = '';
    this.#memory = undefined;
    if (this.#stack.length > 1 << 20) this.#stack = new Int32Array(1024);
  }

  #begin(text: string): void {
    this.#text = text;
    this.#steps = 0;
    this.#memory = undefined;
    this.#height = 0;
    this.#isInner = 0;
    this.#runs.clear();
  }

  /** The end of the first match from `pc` and `position` on, -1 for none. */
  #run(startPc: number, startPosition: number, startPasses: number): number {
    const { code, sets } = this.program;
    const text = this.#text;
    const base = this.#height;
    const pathBase = this.#memory?.pathLength ?? 0;
    let pc = startPc;
    let position = startPosition;
    let passes = startPasses;
    for (;;) {
      this.#steps++;
      const at = pc * 4;
      const a = code[at + 1]!;
      let isFailed = false;
      switch (code[at]) {
        case operation.match:
          this.#memory?.succeed(pathBase, position, this.#isInner > 0);
          this.#height = base;
          return position;
        case operation.character:
          if (position < text.length && codePointAt(text, position) === a) {
            position += a > 0xffff ? 2 : 1;
            passes = -1;
            pc++;
          } else isFailed = true;
          break;
        case operation.set:
          if (position < text.length && sets[a]!.has(codePointAt(text, position))) {
            position += widthAt(text, position);
            passes = -1;
            pc++;
          } else isFailed = true;
          break;
        case operation.characterBefore:
        case operation.setBefore: {
          const before = position - widthBefore(text, position);
          const isFound =
            position > 0 &&
            (code[at] === operation.setBefore
              ? sets[a]!.has(codePointAt(text, before))
              : codePointAt(text, before) === a);
          if (isFound) {
            position = before;
            passes = -1;
            pc++;
          } else isFailed = true;
          break;
        }
        case operation.split: {
          const b = code[at + 2]!;
          const guard = code[at + 3]!;
          if (guard >= 0 && (position >= text.length || !sets[guard]!.has(codePointAt(text, position)))) {
            pc = b;
            break;
          }
          const known = this.#memory?.enter(pc, position, passes, this.#height, this.#isInner > 0);
          if (known !== undefined && known !== StateMemory.unknown) {
            if (known >= 0) return this.#finish(base, pathBase, known);
            isFailed = true;
            break;
          }
          this.#push(b, position, -1, passes);
          pc = a;
          break;
        }
        case operation.jump:
          pc = a;
          break;
        case operation.loop: {
          const limit = code[at + 2]!;
          if (this.#memory !== undefined && limit < 0) {
            // As a split each time, so that every place is remembered.
            let known: number;
            for (;;) {
              this.#steps++;
              known = this.#memory.enter(pc, position, passes, this.#height, this.#isInner > 0);
              if (known !== StateMemory.unknown) break;
              if (position >= text.length || !sets[a]!.has(codePointAt(text, position))) break;
              this.#push(pc + 1, position, -1, passes);
              position += widthAt(text, position);
              passes = -1;
            }
            if (known >= 0) return this.#finish(base, pathBase, known);
            if (known === StateMemory.failed) isFailed = true;
            else pc++;
            break;
          }
          const end = this.#runEnd(a, position, limit);
          this.#steps += end - position;
          pc++;
          if (end > position) {
            this.#push(pc, end, position, passes);
            position = end;
            passes = -1;
          }
          break;
        }
        case operation.possessiveLoop: {
          const limit = code[at + 2]!;
          const run = this.#runs.get(pc);
          let end: number;
          if (limit < 0 && run !== undefined && run[0] <= position && position < run[1]) end = run[1];
          else {
            end = this.#runEnd(a, position, limit);
            this.#steps += end - position;
            if (limit < 0 && end > position) this.#runs.set(pc, [position, end]);
          }
          if (end > position) passes = -1;
          position = end;
          pc++;
          break;
        }
        case operation.assertion:
          if (assertionHolds(text, a, position)) pc++;
          else isFailed = true;
          break;
        case operation.look: {
          const isFound = this.#runPart(pc + 1, position) >= 0;
          if (isFound === (code[at + 2] === 0)) pc = a;
          else isFailed = true;
          break;
        }
        case operation.atomic: {
          const end = this.#runPart(pc + 1, position);
          if (end < 0) isFailed = true;
          else {
            if (end > position) passes = -1;
            position = end;
            pc = a;
          }
          break;
        }
        case operation.passStart:
          passes &= ~a;
          pc++;
          break;
        default:
          // passEnd
          if ((passes & a) !== 0) pc = code[at + 2]!;
          else {
            passes |= a;
            pc++;
          }
      }
      if (!isFailed) continue;
      this.#slowDown();
      if (this.#height === base) {
        this.#memory?.fail(pathBase);
        return -1;
      }
      const stack = this.#stack;
      const top = (this.#height - 1) * entrySize;
      pc = stack[top]!;
      position = stack[top + 1]!;
      const least = stack[top + 2]!;
      passes = stack[top + 3]!;
      if (least < 0) this.#height--;
      else {
        // One character fewer of a loop.
        position -= widthBefore(text, position);
        stack[top + 1] = position;
        if (position === least) this.#height--;
        else passes = -1;
      }
      this.#memory?.leave(this.#height);
    }
  }

  /** A part of the program that ends in its own `match`. */
  #runPart(pc: number, position: number): number {
    this.#isInner++;
    const end = this.#run(pc, position, -1);
    this.#isInner--;
    this.#slowDown();
    return end;
  }

  #finish(base: number, pathBase: number, end: number): number {
    this.#memory?.succeed(pathBase, end, this.#isInner > 0);
    this.#height = base;
    return end;
  }

  /** Remembers states from here on, and stops what takes too long all the same. */
  #slowDown(): void {
    if (this.#steps <= patience * this.#text.length + 10_000) return;
    this.#memory ??= new StateMemory(this.#text.length);
    if (this.#steps <= mostSteps + mostStepsEach * this.#text.length) return;
    throw new LlmError({
      code: 'tokenizer/pattern-unsafe',
      message: `The pattern ${quote(this.source)} takes too many steps on a text of ${this.#text.length} characters; write it with fewer repetitions inside repetitions.`,
      details: { pattern: this.source.slice(0, 200), length: this.#text.length },
    });
  }

  #runEnd(set: number, start: number, limit: number): number {
    const members = this.program.sets[set]!;
    const text = this.#text;
    let position = start;
    for (let count = 0; position < text.length && count !== limit; count++) {
      const codePoint = codePointAt(text, position);
      if (!members.has(codePoint)) break;
      position += codePoint > 0xffff ? 2 : 1;
    }
    return position;
  }

  #push(pc: number, position: number, least: number, passes: number): void {
    const top = this.#height * entrySize;
    if (top + entrySize > this.#stack.length) {
      const larger = new Int32Array(this.#stack.length * 2);
      larger.set(this.#stack);
      this.#stack = larger;
    }
    const stack = this.#stack;
    stack[top] = pc;
    stack[top + 1] = position;
    stack[top + 2] = least;
    stack[top + 3] = passes;
    this.#height++;
  }
}
