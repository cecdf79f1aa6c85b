/**
 * An expression as a deterministic automaton whose states are made when they are first reached (Thompson's
 * construction, subsets on demand).
 */
import { LlmError } from '@llm/core';
import type { Expression } from './expression.js';
import type { Terminal } from './terminal.js';

/** Of the nondeterministic automaton: a pattern that repeats a repetition grows without end. */
const maximumStates = 20_000;

interface Node {
  readonly from: number;
  readonly to: number;
  /** After a byte; -1 for nodes that only branch. */
  readonly next: number;
  branches: readonly number[];
}

const unknown = -2;

/** Automata that are kept for grammars to come, with what is known of their states. */
const keptAutomata = 256;
const kept = new Map<string, ByteAutomaton>();
let made = 0;

/** `name`: equal for equal expressions. Throws `assistant/schema-too-large`. */
export function byteAutomaton(name: string, expression: () => Expression): ByteAutomaton {
  const automaton = kept.get(name) ?? new ByteAutomaton(name, expression());
  kept.delete(name);
  kept.set(name, automaton);
  if (kept.size > keptAutomata) kept.delete(kept.keys().next().value!);
  return automaton;
}

class ByteAutomaton implements Terminal {
  /** Its own: states are numbered as they are reached. */
  readonly key = `automaton ${made++}`;
  readonly start: number;
  readonly #nodes: Node[] = [];
  readonly #end: number;
  readonly #sets: (readonly number[])[] = [];
  readonly #ids = new Map<string, number>();
  readonly #tables: Int32Array[] = [];

  constructor(
    private readonly name: string,
    expression: Expression,
  ) {
    this.#end = this.#add({ from: 1, to: 0, next: -1, branches: [] });
    this.start = this.#setOf([this.#compile(expression, this.#end)]);
  }

  step(state: number, byte: number): number {
    const table = this.#tables[state]!;
    const known = table[byte]!;
    if (known !== unknown) return known;
    const reached: number[] = [];
    for (const id of this.#sets[state]!) {
      const { from, to, next } = this.#nodes[id]!;
      if (byte >= from && byte <= to) reached.push(next);
    }
    const found = reached.length === 0 ? -1 : this.#setOf(reached);
    table[byte] = found;
    return found;
  }

  isAccepting(state: number): boolean {
    return this.#sets[state]!.includes(this.#end);
  }

  alike(state: number): number {
    return state;
  }

  /** The node from which `expression` and then `next` are read. */
  #compile(expression: Expression, next: number): number {
    switch (expression.type) {
      case 'byte':
        return this.#add({ from: expression.from, to: expression.to, next, branches: [] });
      case 'sequence': {
        let node = next;
        for (const part of [...expression.parts].reverse()) node = this.#compile(part, node);
        return node;
      }
      case 'choice':
        return this.#branch(expression.parts.map((part) => this.#compile(part, next)));
      case 'repeat': {
        const { part, minimum, maximum } = expression;
        let node = next;
        if (maximum === Number.POSITIVE_INFINITY) {
          const loop = this.#branch([]);
          this.#nodes[loop]!.branches = [this.#compile(part, loop), next];
          node = loop;
        } else
          for (let count = minimum; count < maximum; count++)
            node = this.#branch([this.#compile(part, node), next]);
        for (let count = 0; count < minimum; count++) node = this.#compile(part, node);
        return node;
      }
    }
  }

  #branch(branches: readonly number[]): number {
    return this.#add({ from: 1, to: 0, next: -1, branches });
  }

  #add(node: Node): number {
    if (this.#nodes.length >= maximumStates)
      throw new LlmError({
        code: 'assistant/schema-too-large',
        message: `${this.name.slice(0, 80)} needs more than ${maximumStates} states. Repeat less, or leave it out and check the answer.`,
      });
    return this.#nodes.push(node) - 1;
  }

  /** The state of these nodes and of all they branch to. */
  #setOf(start: readonly number[]): number {
    const set = new Set<number>();
    const open = [...start];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (set.has(id)) continue;
      set.add(id);
      open.push(...this.#nodes[id]!.branches);
    }
    const reads = [...set]
      .filter((id) => this.#nodes[id]!.next >= 0 || id === this.#end)
      .sort((a, b) => a - b);
    const key = reads.join();
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const state = this.#sets.push(reads) - 1;
    this.#ids.set(key, state);
    this.#tables.push(new Int32Array(256).fill(unknown));
    return state;
  }
}
