/** What a state of a terminal says of the tokens. */
import type { TokenTrie } from './token-trie.js';

export interface TerminalMask {
  /** Tokens that stay: ids where they are few, otherwise a bit set. */
  readonly few: Int32Array | undefined;
  readonly bits: Uint32Array | undefined;
  /** Nodes of the trie behind which something else may begin. */
  readonly exits: Int32Array;
}

const fewTokens = 256;

export function maskOf(
  { words }: TokenTrie,
  inside: readonly number[],
  exits: readonly number[],
): TerminalMask {
  const few = inside.length <= fewTokens;
  const bits = new Uint32Array(few ? 0 : words);
  if (!few) for (const id of inside) bits[id >> 5]! |= 1 << (id & 31);
  return {
    few: few ? Int32Array.from(inside) : undefined,
    bits: few ? undefined : bits,
    exits: Int32Array.from(exits),
  };
}
