/**
 * What a block learns from the elements around it, one entry a node. Sums over a subtree are differences of
 * prefix sums, and what is inherited is passed from parent to child in document order, so every measure is
 * linear in the size of the page however deep it is.
 */
import { knownNames, nameNumber, tagNames } from '../html/element-names.js';
import { ownString } from '../words/own-string.js';
import type { TextBlocks } from './cut-blocks.js';
import { byName, isHeading, tagBits } from './html-tags.js';
import { nameTokens } from './name-tokens.js';
import type { PageTree } from './page-tree.js';
import { topicElements } from './topic-elements.js';

/** Bits of `inside`: the kinds of element that a node stands in. */
export const insideBits = {
  nav: 1 << 0,
  header: 1 << 1,
  footer: 1 << 2,
  aside: 1 << 3,
  form: 1 << 4,
  main: 1 << 5,
  article: 1 << 6,
  section: 1 << 7,
  list: 1 << 8,
  definitions: 1 << 9,
  table: 1 << 10,
  figure: 1 << 11,
  details: 1 << 12,
  quote: 1 << 13,
  code: 1 << 14,
  link: 1 << 15,
  hidden: 1 << 16,
  dialog: 1 << 17,
  control: 1 << 18,
  address: 1 << 19,
  item: 1 << 20,
  cell: 1 << 21,
} as const;

const linkName = nameNumber('a');
const bodyName = nameNumber('body');
const htmlName = nameNumber('html');

const insideOfTag = byName([
  ['nav', insideBits.nav],
  ['menu', insideBits.nav],
  ['header', insideBits.header],
  ['footer', insideBits.footer],
  ['aside', insideBits.aside],
  ['form', insideBits.form],
  ['fieldset', insideBits.form],
  ['main', insideBits.main],
  ['article', insideBits.article],
  ['section', insideBits.section],
  ['ul', insideBits.list],
  ['ol', insideBits.list],
  ['dl', insideBits.definitions],
  ['table', insideBits.table],
  ['figure', insideBits.figure],
  ['details', insideBits.details],
  ['blockquote', insideBits.quote],
  ['pre', insideBits.code],
  ['code', insideBits.code],
  ['dialog', insideBits.dialog],
  ['button', insideBits.control],
  ['label', insideBits.control],
  ['address', insideBits.address],
  ['li', insideBits.item],
  ['td', insideBits.cell],
  ['th', insideBits.cell],
]);

const insideOfRole = new Map<string, number>([
  ['navigation', insideBits.nav],
  ['menu', insideBits.nav],
  ['menubar', insideBits.nav],
  ['banner', insideBits.header],
  ['contentinfo', insideBits.footer],
  ['complementary', insideBits.aside],
  ['search', insideBits.form],
  ['main', insideBits.main],
  ['article', insideBits.article],
  ['dialog', insideBits.dialog],
  ['alertdialog', insideBits.dialog],
  ['alert', insideBits.dialog],
  ['tooltip', insideBits.dialog],
  ['listitem', insideBits.item],
  ['button', insideBits.control],
]);

export interface ElementContext {
  /** By node (length size + 1) how many blocks begin before it, at their first text node. */
  readonly blocks: Int32Array;
  /** Prefix sums over blocks (length count + 1). */
  readonly characters: Int32Array;
  readonly linked: Int32Array;
  /** Characters of blocks of 80 characters or more that are mostly no links. */
  readonly prose: Int32Array;
  readonly headings: Int32Array;
  readonly inside: Int32Array;
  /** The nearest ancestor that holds more blocks than the node. */
  readonly wider: Int32Array;
  readonly depth: Uint16Array;
  /** Of the tags and names from the root down to the element, and of the tags alone. */
  readonly path: Int32Array;
  readonly tagPath: Int32Array;
  /** The largest number of siblings of one kind among the element and its ancestors, and its element. */
  readonly repeats: Int32Array;
  readonly repeated: Int32Array;
  /** Weights of names: their sum over the element and its ancestors, the least, the greatest, the nearest. */
  readonly nameSum: Float32Array;
  readonly nameLeast: Float32Array;
  readonly nameMost: Float32Array;
  readonly nameNearest: Float32Array;
}

/** The sum over the blocks that begin in the subtree of `node`. */
export function sumOf(sums: Int32Array, { blocks }: ElementContext, tree: PageTree, node: number): number {
  return sums[blocks[tree.end[node]!]!]! - sums[blocks[node]!]!;
}

/** How many blocks begin in the subtree of `node`. */
export function blocksIn({ blocks }: ElementContext, tree: PageTree, node: number): number {
  return blocks[tree.end[node]!]! - blocks[node]!;
}

/** The buckets of an element: of its names, its tag, role and itemprop. */
export function elementTokens(
  tree: PageTree,
  node: number,
  topics?: ReadonlySet<number> | undefined,
): readonly number[] {
  const tag = tree.tagOf(node);
  const role = tree.role.get(node);
  const itemprop = tree.itemprop.get(node);
  let names = topics?.has(node)
    ? (tree.attribute(node, 'class') ?? '').toLowerCase()
    : tree.cues[tree.cueNumber[node]!]!;
  if (role !== undefined) names += ` role${role}`;
  if (itemprop !== undefined) names += ` prop${itemprop}`;
  if (tag === 'body' || tag === 'html' || names === '') return noTokens;
  return nameTokens(names);
}

const noTokens: readonly number[] = [];

export function elementContext(
  tree: PageTree,
  blocks: TextBlocks,
  nameWeights: Float32Array,
): ElementContext {
  const { size, name: names, parent } = tree;
  const sums = sumBlocks(tree, blocks);
  const ints = (): Int32Array => new Int32Array(size);
  const floats = (): Float32Array => new Float32Array(size);
  const inside = ints();
  const wider = ints();
  /** The parser nests no deeper than a few hundred elements. */
  const depth = new Uint16Array(size);
  const repeated = ints();
  const nameSum = floats();
  const nameLeast = floats();
  const nameMost = floats();
  const kinds = siblingKinds(tree, nameWeights, repeated);
  // What an element has of its own gives way to what it has with those around it: parents come first.
  const { kind: path, tagHash: tagPath, repeats, score: nameNearest } = kinds;
  const { end, role: roles, hidden } = tree;
  for (let node = 1; node < size; node++) {
    const name = names[node]!;
    const above = parent[node]!;
    if (name < 0) continue;
    const role = roles.size === 0 ? undefined : roles.get(node);
    inside[node] =
      inside[above]! |
      insideOfTag[name]! |
      (role === undefined ? 0 : (insideOfRole.get(role) ?? 0)) |
      (name === linkName && !tree.fragment.has(node) ? insideBits.link : 0) |
      (hidden.size > 0 && hidden.has(node) ? insideBits.hidden : 0);
    depth[node] = depth[above]! + 1;
    const held = sums.blocks[end[node]!]! - sums.blocks[node]!;
    const heldAbove = sums.blocks[end[above]!]! - sums.blocks[above]!;
    wider[node] = heldAbove > held ? above : wider[above]!;
    tagPath[node] = mix(tagPath[above]!, tagPath[node]!);
    path[node] = mix(path[above]!, path[node]!);
    const more = repeats[node]! >= repeats[above]!;
    if (!more) repeats[node] = repeats[above]!;
    repeated[node] = more ? node : repeated[above]!;
    const score = nameNearest[node]!;
    nameSum[node] = nameSum[above]! + score;
    nameLeast[node] = Math.min(nameLeast[above]!, score);
    nameMost[node] = Math.max(nameMost[above]!, score);
    if (score === 0) nameNearest[node] = nameNearest[above]!;
  }
  return {
    ...sums,
    inside,
    wider,
    depth,
    path,
    tagPath,
    repeats,
    repeated,
    nameSum,
    nameLeast,
    nameMost,
    nameNearest,
  };
}

function sumBlocks(tree: PageTree, blocks: TextBlocks) {
  const { count } = blocks;
  const sums = (): Int32Array => new Int32Array(count + 1);
  const result = { characters: sums(), linked: sums(), prose: sums(), headings: sums() };
  const { characters, linked, prose, headings } = result;
  const before = new Int32Array(tree.size + 1);
  /** Up to which node it is written. */
  let written = 0;
  for (let block = 0; block < count; block++) {
    const next = blocks.first[block]! + 1;
    before.fill(block, written, next);
    written = next;
    const length = blocks.length[block]!;
    const isProse = length >= 80 && 2 * blocks.linked[block]! < length;
    const name = tree.name[blocks.element[block]!]!;
    const inHeading = name >= 0 && (tagBits[name]! & isHeading) !== 0;
    characters[block + 1] = characters[block]! + length;
    linked[block + 1] = linked[block]! + blocks.linked[block]!;
    prose[block + 1] = prose[block]! + (isProse ? length : 0);
    headings[block + 1] = headings[block]! + (inHeading ? 1 : 0);
  }
  before.fill(count, written);
  return { ...result, blocks: before };
}

/**
 * Of each element a hash of its tag and names, how many siblings have the same (itself too), and its score.
 * `firstOfKind` is written over: the first of these siblings.
 */
function siblingKinds(tree: PageTree, nameWeights: Float32Array, firstOfKind: Int32Array) {
  const { size, name: numbers, cueNumber, parent } = tree;
  const kind = new Int32Array(size);
  const tagHash = new Int32Array(size);
  const repeats = new Int32Array(size);
  const score = new Float32Array(size);
  const topics = topicElements(tree);
  /** By the number of a cue, of elements without role and itemprop: what is known of it, once it is. */
  const isSeen = new Uint8Array(tree.cues.length);
  const seenHash = new Int32Array(tree.cues.length);
  const seenScore = new Float64Array(tree.cues.length);
  const seen = new Map<string, { readonly hash: number; readonly score: number }>();
  // Siblings of a kind are counted at the first of them, which an open hash table of nodes finds.
  const capacity = 2 ** Math.ceil(Math.log2(2 * (size - tree.texts) + 2));
  const table = new Int32Array(capacity);
  for (let node = 1; node < size; node++) {
    const number = numbers[node]!;
    if (number < 0) continue;
    tagHash[node] = number < knownNames ? knownHashes[number]! : hashOf(tree.tagOf(node));
    kind[node] = tagHash[node]!;
    const role = tree.role.size === 0 ? undefined : tree.role.get(node);
    const itemprop = tree.itemprop.size === 0 ? undefined : tree.itemprop.get(node);
    const names = tree.cues[cueNumber[node]!]!;
    const plain = role === undefined && itemprop === undefined ? cueNumber[node]! : 0;
    if (isSeen[plain] === 1 && !topics.has(node)) {
      kind[node] = (kind[node]! + seenHash[plain]!) | 0;
      score[node] = seenScore[plain]!;
    } else if (names !== '' || role !== undefined || itemprop !== undefined) {
      const whole = role === undefined && itemprop === undefined ? names : `${names}\n${role}\n${itemprop}`;
      let known = topics.has(node) || plain > 0 ? undefined : seen.get(whole);
      if (known === undefined) {
        let [hash, sum] = [0, 0];
        for (const token of elementTokens(tree, node, topics)) {
          hash = (hash + Math.imul(token + 1, 0x9e3779b1)) | 0;
          sum += nameWeights[token]!;
        }
        known = { hash, score: sum };
        if (number !== bodyName && number !== htmlName && !topics.has(node)) {
          if (plain === 0) seen.set(whole, known);
          else {
            isSeen[plain] = 1;
            seenHash[plain] = hash;
            seenScore[plain] = sum;
          }
        }
      }
      kind[node] = (kind[node]! + known.hash) | 0;
      score[node] = known.score;
    }
    const bits = kind[node]! & 0xffffff;
    const above = parent[node]!;
    let slot = mix(above, bits) & (capacity - 1);
    for (; table[slot] !== 0; slot = (slot + 1) & (capacity - 1)) {
      const other = table[slot]!;
      if (parent[other] === above && (kind[other]! & 0xffffff) === bits) break;
    }
    if (table[slot] === 0) table[slot] = node;
    firstOfKind[node] = table[slot]!;
    repeats[table[slot]!]!++;
  }
  for (let node = 1; node < size; node++) repeats[node] = repeats[firstOfKind[node]!]!;
  return { kind, tagHash, repeats, score };
}

const tagHashes = new Map<string, number>();

function hashOf(tag: string): number {
  let hash = tagHashes.get(tag);
  if (hash === undefined) {
    hash = 7;
    for (let at = 0; at < tag.length; at++) hash = (Math.imul(hash, 31) + tag.charCodeAt(at)) | 0;
    if (tagHashes.size > 5000) tagHashes.clear();
    tagHashes.set(ownString(tag), hash);
  }
  return hash;
}

const knownHashes = byName(tagNames.map((name) => [name, hashOf(name)] as const));

function mix(a: number, b: number): number {
  const mixed = Math.imul(a ^ (b + 0x9e3779b9 + (a << 6) + (a >>> 2)), 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) | 0;
}
