/**
 * For a state of a terminal: the tokens that stay in it, and the places of the trie where it may have ended
 * inside a token, of which only what comes next knows (XGrammar's context-independent and context-dependent
 * tokens, Dong et al. 2024). Kept for the vocabulary, whatever grammar the terminal is in.
 */
import type { Terminal } from './terminal.js';
import type { TokenTrie } from './token-trie.js';

export interface TerminalMask {
  /** Tokens that stay: ids where they are few, otherwise a bit set. */
  readonly few: Int32Array | undefined;
  readonly bits: Uint32Array | undefined;
  /** Nodes of the trie behind which something else may begin. */
  readonly exits: Int32Array;
}

/** Of all masks of one vocabulary. */
const keptBytes = 2 ** 25;
const fewTokens = 256;

export class TerminalMasks {
  readonly #kept = new Map<string, TerminalMask>();
  #bytes = 0;

  constructor(readonly trie: TokenTrie) {}

  of(terminal: Terminal, state: number): TerminalMask {
    const from = terminal.alike(state, this.trie.longest);
    const key = `${terminal.key} ${from}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const mask = walk(this.trie, terminal, from);
    this.#kept.set(key, mask);
    this.#bytes += sizeOf(mask);
    for (const [oldest, { ...old }] of this.#kept) {
      if (this.#bytes <= keptBytes || oldest === key) break;
      this.#kept.delete(oldest);
      this.#bytes -= sizeOf(old);
    }
    return mask;
  }
}

const sizeOf = ({ few, bits, exits }: TerminalMask): number =>
  (few?.byteLength ?? 0) + (bits?.byteLength ?? 0) + exits.byteLength + 200;

const masks = new WeakMap<TokenTrie, TerminalMasks>();

export function masksOf(trie: TokenTrie): TerminalMasks {
  const known = masks.get(trie) ?? new TerminalMasks(trie);
  masks.set(trie, known);
  return known;
}

function walk(trie: TokenTrie, terminal: Terminal, start: number): TerminalMask {
  const { bytes, depths, ends, tokenStarts, tokens } = trie;
  const states = new Float64Array(trie.longest + 1);
  states[0] = start;
  const inside: number[] = [];
  const exits: number[] = [];
  const nodes = bytes.length;
  for (let node = 1; node < nodes; ) {
    const depth = depths[node]!;
    const state = terminal.step(states[depth - 1]!, bytes[node]!);
    if (state < 0) {
      node = ends[node]!;
      continue;
    }
    states[depth] = state;
    for (let at = tokenStarts[node]!; at < tokenStarts[node + 1]!; at++) inside.push(tokens[at]!);
    if (ends[node]! > node + 1 && terminal.isAccepting(state)) exits.push(node);
    node++;
  }
  if (inside.length <= fewTokens)
    return { few: Int32Array.from(inside), bits: undefined, exits: Int32Array.from(exits) };
  const bits = new Uint32Array(trie.words);
  for (const id of inside) bits[id >> 5]! |= 1 << (id & 31);
  return { few: undefined, bits, exits: Int32Array.from(exits) };
}
