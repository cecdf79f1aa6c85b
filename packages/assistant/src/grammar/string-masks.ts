/**
 * Masks of JSON strings. Their limits change with every character, and the vocabulary is walked once for each
 * place in a string all the same: what a token adds is kept, and compared with the limits.
 */
import { beginsCharacter, isClosed, placeAfter, unitsOf } from './string-terminal.js';
import { maskOf, type TerminalMask } from './terminal-masks.js';
import type { TokenTrie } from './token-trie.js';

interface Walked {
  /** Nodes of the trie that stay in the string, or end with it. */
  readonly nodes: Int32Array;
  /** [nodes] characters and UTF-16 units that came with them */
  readonly characters: Uint16Array;
  readonly units: Uint16Array;
  readonly isClosed: Uint8Array;
}

export interface StringLimits {
  readonly place: number;
  readonly needed: number;
  readonly room: number;
}

export class StringMasks {
  readonly #walked = new Map<number, Walked>();

  constructor(private readonly trie: TokenTrie) {}

  of({ place, needed, room }: StringLimits): TerminalMask {
    const { tokenStarts, tokens, ends } = this.trie;
    const walked = this.#walked.get(place) ?? this.#walk(place);
    this.#walked.set(place, walked);
    const inside: number[] = [];
    const exits: number[] = [];
    for (let index = 0; index < walked.nodes.length; index++) {
      if (walked.units[index]! > room) continue;
      const closes = walked.isClosed[index] === 1;
      if (closes && walked.characters[index]! < needed) continue;
      const node = walked.nodes[index]!;
      for (let at = tokenStarts[node]!; at < tokenStarts[node + 1]!; at++) inside.push(tokens[at]!);
      if (closes && ends[node]! > node + 1) exits.push(node);
    }
    return maskOf(this.trie, inside, exits);
  }

  #walk(start: number): Walked {
    const { bytes, depths, ends, longest } = this.trie;
    const places = new Int8Array(longest + 1);
    const characters = new Uint16Array(longest + 1);
    const units = new Uint16Array(longest + 1);
    places[0] = start;
    const found: [node: number, characters: number, units: number, isClosed: number][] = [];
    for (let node = 1; node < bytes.length; ) {
      const depth = depths[node]!;
      const byte = bytes[node]!;
      const place = places[depth - 1]!;
      const next = placeAfter(place, byte);
      if (next < 0) {
        node = ends[node]!;
        continue;
      }
      places[depth] = next;
      characters[depth] = characters[depth - 1]! + Number(beginsCharacter(place, next));
      units[depth] = units[depth - 1]! + unitsOf(place, byte, next);
      found.push([node, characters[depth]!, units[depth]!, Number(isClosed(next))]);
      node++;
    }
    return {
      nodes: Int32Array.from(found, ([node]) => node),
      characters: Uint16Array.from(found, ([, count]) => count),
      units: Uint16Array.from(found, ([, , count]) => count),
      isClosed: Uint8Array.from(found, ([, , , closed]) => closed),
    };
  }
}
