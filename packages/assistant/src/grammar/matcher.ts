/**
 * Follows a text through a grammar, byte by byte in many places at once, and says which tokens may come next.
 * A pushdown automaton: a place is a terminal, the state in it, and what follows as a chain of frames. Equal
 * chains and equal sets of places are the same object, so what was worked out for one is known for all.
 */
import type { GrammarSymbol, Production } from './rules.js';
import { Rule } from './rules.js';
import { type Terminal, TokenTerminal } from './terminal.js';
import { masksOf, type TerminalMasks } from './terminal-masks.js';
import type { TokenTrie } from './token-trie.js';

/** What follows: `production` from `at` on, then `parent`. */
interface Frame {
  readonly id: number;
  readonly production: Production;
  readonly at: number;
  readonly parent: Frame | undefined;
}

interface Place {
  readonly terminal: Terminal;
  readonly state: number;
  readonly next: Frame | undefined;
}

interface Places {
  readonly id: number;
  readonly all: readonly Place[];
  /** By byte; undefined: not asked yet. */
  readonly steps: (Places | undefined)[];
  mask: Uint32Array | undefined;
}

interface Beginnings {
  readonly all: readonly Place[];
  /** Nothing need follow. */
  readonly canEnd: boolean;
}

/** Masks of one text that are kept: a text may be long, and a vocabulary large. */
const keptMasks = 256;

const nowhere: Places = { id: 0, all: [], steps: [], mask: undefined };

export class GrammarMatcher {
  readonly #trie: TokenTrie;
  readonly #masks: TerminalMasks;
  readonly #stopTokens: readonly number[];
  readonly #words: number;
  readonly #frames = new Map<string, Frame>();
  readonly #beginnings = new Map<number, Beginnings>();
  readonly #places = new Map<string, Places>();
  readonly #numbers = new Map<unknown, number>();
  readonly #masked: Places[] = [];
  #current: Places;

  /** `words` of the bit sets: those of the model's vocabulary. Stop tokens are allowed where the text may end. */
  constructor(root: GrammarSymbol, trie: TokenTrie, stopTokens: readonly number[], words = trie.words) {
    this.#trie = trie;
    this.#masks = masksOf(trie);
    this.#stopTokens = stopTokens;
    this.#words = Math.max(words, trie.words);
    this.#current = this.#placesOf(this.#begin(this.#frame([root], 0, undefined)).all);
  }

  /** The text may end here. */
  get canEnd(): boolean {
    return this.#canEnd(this.#current);
  }

  /** The text has ended: nothing may follow. */
  get isComplete(): boolean {
    return this.canEnd && this.#isAtEnd(this.#current);
  }

  /** Bit `id & 31` of word `id >> 5` for every token that may come next. Not to be changed. */
  mask(): Uint32Array {
    return this.#maskOf(this.#current);
  }

  /** Goes on by a token's bytes, or by the control token. Whether the grammar allows it. */
  accept(id: number, bytes: Uint8Array): boolean {
    let places = this.#current;
    const controls = this.#ready(places).filter(
      ({ terminal, state }) => terminal instanceof TokenTerminal && terminal.id === id && state === 0,
    );
    if (controls.length > 0) places = this.#placesOf(controls.map((place) => ({ ...place, state: 1 })));
    else {
      for (const byte of bytes) places = this.#step(places, byte);
      if (bytes.length === 0) places = nowhere;
    }
    this.#current = places;
    return places.all.length > 0;
  }

  #maskOf(places: Places): Uint32Array {
    if (places.mask !== undefined) return places.mask;
    const mask = new Uint32Array(this.#words);
    const allow = (id: number): void => {
      mask[id >> 5]! |= 1 << (id & 31);
    };
    places.mask = mask;
    if (this.#masked.push(places) > keptMasks) this.#masked.shift()!.mask = undefined;
    const ended = new Set<number>();
    for (const { terminal, state, next } of places.all) {
      if (terminal instanceof TokenTerminal) {
        if (state === 0) allow(terminal.id);
      } else {
        const { few, bits, exits } = this.#masks.of(terminal, state);
        if (bits !== undefined) for (let word = 0; word < bits.length; word++) mask[word]! |= bits[word]!;
        if (few !== undefined) for (const id of few) allow(id);
        if (exits.length > 0) this.#walkExits(this.#placesAfter(next), exits, allow);
      }
      if (!terminal.isAccepting(state) || ended.has(next?.id ?? 0)) continue;
      ended.add(next?.id ?? 0);
      const following = this.#maskOf(this.#placesAfter(next));
      for (let word = 0; word < following.length; word++) mask[word]! |= following[word]!;
    }
    if (this.#canEnd(places)) for (const id of this.#stopTokens) allow(id);
    return mask;
  }

  /** Tokens whose beginning ends a terminal and whose rest goes on from `after`. */
  #walkExits(after: Places, exits: Int32Array, allow: (id: number) => void): void {
    if (after.all.length === 0) return;
    const { bytes, depths, ends, tokenStarts, tokens } = this.#trie;
    const states: Places[] = [];
    for (const exit of exits) {
      const base = depths[exit]!;
      states[base] = after;
      for (let node = exit + 1; node < ends[exit]!; ) {
        const depth = depths[node]!;
        const next = this.#step(states[depth - 1]!, bytes[node]!);
        if (next === nowhere) {
          node = ends[node]!;
          continue;
        }
        states[depth] = next;
        for (let at = tokenStarts[node]!; at < tokenStarts[node + 1]!; at++) allow(tokens[at]!);
        node++;
      }
    }
  }

  #step(places: Places, byte: number): Places {
    const known = places.steps[byte];
    if (known !== undefined) return known;
    const reached: Place[] = [];
    for (const { terminal, state, next } of this.#ready(places)) {
      const after = terminal.step(state, byte);
      if (after >= 0) reached.push({ terminal, state: after, next });
    }
    const found = this.#placesOf(reached);
    places.steps[byte] = found;
    return found;
  }

  /** The places, and those that begin where one of them may have ended. */
  #ready({ all }: Places): Place[] {
    const ready = [...all];
    const ended = new Set<number>();
    for (const { terminal, state, next } of all) {
      if (!terminal.isAccepting(state) || ended.has(next?.id ?? 0)) continue;
      ended.add(next?.id ?? 0);
      ready.push(...this.#begin(next).all);
    }
    return ready;
  }

  #canEnd({ all }: Places): boolean {
    return all.some(({ terminal, state, next }) => terminal.isAccepting(state) && this.#begin(next).canEnd);
  }

  #isAtEnd(places: Places): boolean {
    for (let byte = 0; byte < 256; byte++) if (this.#step(places, byte) !== nowhere) return false;
    return !this.#ready(places).some(
      ({ terminal, state }) => terminal instanceof TokenTerminal && state === 0,
    );
  }

  #placesAfter(frame: Frame | undefined): Places {
    return this.#placesOf(this.#begin(frame).all);
  }

  #begin(frame: Frame | undefined): Beginnings {
    if (frame === undefined) return { all: [], canEnd: true };
    const known = this.#beginnings.get(frame.id);
    if (known !== undefined) return known;
    const all: Place[] = [];
    let canEnd = false;
    const seen = new Set<number>();
    const open: (Frame | undefined)[] = [frame];
    while (open.length > 0) {
      const at = open.pop();
      if (at === undefined) {
        canEnd = true;
        continue;
      }
      if (seen.has(at.id)) continue;
      seen.add(at.id);
      const symbol = at.production[at.at]!;
      const isLast = at.at + 1 === at.production.length;
      const next = isLast ? at.parent : this.#frame(at.production, at.at + 1, at.parent);
      if (symbol instanceof Rule)
        for (const production of symbol.productions)
          open.push(production.length === 0 ? next : this.#frame(production, 0, next));
      else all.push({ terminal: symbol, state: symbol.start, next });
    }
    const found = { all, canEnd };
    this.#beginnings.set(frame.id, found);
    return found;
  }

  #frame(production: Production, at: number, parent: Frame | undefined): Frame {
    const key = `${this.#numberOf(production)} ${at} ${parent?.id ?? 0}`;
    const known = this.#frames.get(key);
    if (known !== undefined) return known;
    const frame = { id: this.#frames.size + 1, production, at, parent };
    this.#frames.set(key, frame);
    return frame;
  }

  #placesOf(all: readonly Place[]): Places {
    if (all.length === 0) return nowhere;
    const named = new Map<string, Place>();
    for (const place of all)
      named.set(`${this.#numberOf(place.terminal)} ${place.state} ${place.next?.id ?? 0}`, place);
    const key = [...named.keys()].sort().join(';');
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const places: Places = {
      id: this.#places.size + 1,
      all: [...named.values()],
      steps: [],
      mask: undefined,
    };
    this.#places.set(key, places);
    return places;
  }

  #numberOf(object: unknown): number {
    const number = this.#numbers.get(object) ?? this.#numbers.size + 1;
    this.#numbers.set(object, number);
    return number;
  }
}
