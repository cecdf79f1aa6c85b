/**
 * Cuts a page into blocks of text (what stands between two block boundaries) and weighs each: running prose
 * has a positive weight near its length, lists of links a negative one, scraps about none. The sums are kept
 * as prefix sums over the nodes, so that the weight of any element is one subtraction: maximum-subsequence
 * segmentation (Pasternack and Roth 2009) on the elements of the tree instead of a row of tokens.
 */
import { blockTags, headingTags } from './html-tags.js';
import type { PageTree } from './page-tree.js';

/** Arrays of sums over the nodes before index i (length size + 1); a block counts at its first text node. */
export interface TextBlocks {
  readonly weight: Float64Array;
  /** The weights of the blocks of positive weight. */
  readonly prose: Float64Array;
  readonly characters: Float64Array;
  readonly linkCharacters: Float64Array;
  readonly blocks: Float64Array;
  /** Headings that are links: the titles of other pages. */
  readonly headingLinks: Float64Array;
  /** `a` elements; each counts at itself. */
  readonly links: Float64Array;
}

/** The sum over the subtree of `node`. */
export function sumOf(sums: Float64Array, tree: PageTree, node: number): number {
  return sums[tree.end[node]!]! - sums[node]!;
}

export function weighBlocks(tree: PageTree, discarded?: Uint8Array): TextBlocks {
  const { size, tag, end, text, measures } = tree;
  const sums = (): Float64Array => new Float64Array(size + 1);
  const result = {
    weight: sums(),
    prose: sums(),
    characters: sums(),
    linkCharacters: sums(),
    blocks: sums(),
    headingLinks: sums(),
    links: sums(),
  };
  const openEnds: number[] = [];
  const openTags: string[] = [];
  let linkEnd = 0;
  let first = -1;
  let length = 0;
  let linked = 0;
  let marks = 0;
  let terminal = false;
  const close = (): void => {
    if (first >= 0 && length > 0) {
      const block = openTags.length === 0 ? 'body' : openTags[openTags.length - 1]!;
      const value = blockWeight(length, linked, marks, terminal, block);
      result.weight[first + 1] = value;
      if (value > 0) result.prose[first + 1] = value;
      result.characters[first + 1] = length;
      result.linkCharacters[first + 1] = linked;
      result.blocks[first + 1] = 1;
      if (linked > 0.8 * length && headingTags.has(block)) result.headingLinks[first + 1] = 1;
    }
    first = -1;
    length = 0;
    linked = 0;
    marks = 0;
    terminal = false;
  };
  for (let node = 1; node < size; node++) {
    while (openEnds.length > 0 && node >= openEnds[openEnds.length - 1]!) {
      close();
      openEnds.pop();
      openTags.pop();
    }
    if (discarded?.[node] === 1) {
      node = end[node]! - 1;
      continue;
    }
    const name = tag[node]!;
    if (name === '#text') {
      const measure = measures[node]!;
      const added = length === 0 && measure.startsBlank ? measure.length - 1 : measure.length;
      if (added === 0) continue;
      if (first < 0) first = node;
      length += added;
      if (node < linkEnd) linked += added;
      marks += measure.marks;
      if (measure.last !== 0) terminal = blockEnds.has(measure.last);
    } else if (name === 'br') {
      // Two line breaks make a paragraph; one keeps the block together.
      const next = tag[node + 1] === '#text' && text[node + 1]!.trim() === '' ? node + 2 : node + 1;
      if (tag[next] === 'br') close();
      else if (length > 0) length++;
    } else if (name === 'a') {
      result.links[node + 1] = 1;
      if (node >= linkEnd) linkEnd = end[node]!;
    } else if (blockTags.has(name)) {
      close();
      openEnds.push(end[node]!);
      openTags.push(name);
    }
  }
  close();
  for (const row of Object.values(result)) {
    for (let node = 1; node <= size; node++) row[node] = row[node]! + row[node - 1]!;
  }
  return result;
}

const blockEnds = new Set(Array.from('.!?:…"“”»)。！？؟۔।', (character) => character.charCodeAt(0)));

/**
 * Of a block of `length` characters, `linked` of them in links, with so many commas and full stops, that ends
 * as a sentence does or not. The numbers were chosen on the pages described in the README; doubling or
 * halving one changes the scores by less than .005.
 */
function blockWeight(length: number, linked: number, marks: number, terminal: boolean, tag: string): number {
  const density = linked / length;
  const free = length - linked;
  if (density > 0.5) return -Math.min(length, 60) - 10;
  if (headingTags.has(tag)) return 5;
  if (tag === 'pre') return Math.min(length, 400) / 2;
  if (free >= 80 && (marks > 0 || terminal)) return Math.min(free, 1500) * (1 - density);
  if (free >= 80) return 0.3 * free * (1 - density);
  if (free >= 20 && terminal && density < 0.3) return free;
  if (density > 0.25) return -15;
  return tag === 'li' || tag === 'td' || tag === 'dd' ? 0 : -2;
}
