/**
 * Sums over the subtrees of a page: characters, characters inside links, commas. Prefix sums over the nodes in
 * document order make each a subtraction. Discarded nodes count nothing.
 */
import type { PageTree } from './page-tree.js';

export interface Measures {
  /** Characters of text (runs of white space count one) before node i; length size + 1. */
  readonly characters: Float64Array;
  readonly linkCharacters: Float64Array;
  readonly commas: Float64Array;
}

export function measure(tree: PageTree, discarded: Uint8Array): Measures {
  const { size, tag, text, end } = tree;
  const characters = new Float64Array(size + 1);
  const linkCharacters = new Float64Array(size + 1);
  const commas = new Float64Array(size + 1);
  let linkEnd = 0;
  for (let node = 0; node < size; node++) {
    let length = 0;
    let comma = 0;
    if (discarded[node] === 0) {
      if (tag[node] === 'a' && node >= linkEnd) linkEnd = end[node] as number;
      if (tag[node] === '#text') {
        const value = text[node] as string;
        let blank = true;
        for (let at = 0; at < value.length; at++) {
          const code = value.charCodeAt(at);
          if (code === 32 || (code >= 9 && code <= 13) || code === 160) {
            if (!blank) length++;
            blank = true;
            continue;
          }
          blank = false;
          length++;
          if (code === 44 || code === 0xff0c || code === 0x3001 || code === 0x60c) comma++;
        }
        if (blank && length > 0) length--;
      }
    }
    characters[node + 1] = (characters[node] as number) + length;
    linkCharacters[node + 1] = (linkCharacters[node] as number) + (node < linkEnd ? length : 0);
    commas[node + 1] = (commas[node] as number) + comma;
  }
  return { characters, linkCharacters, commas };
}

/** The sum over the subtree of `node`. */
export function subtreeSum(sums: Float64Array, tree: PageTree, node: number): number {
  return (sums[tree.end[node] as number] as number) - (sums[node] as number);
}

/** Share of the subtree's text that is link text, 0…1. */
export function linkDensity(measures: Measures, tree: PageTree, node: number): number {
  const characters = subtreeSum(measures.characters, tree, node);
  return characters === 0 ? 0 : subtreeSum(measures.linkCharacters, tree, node) / characters;
}
