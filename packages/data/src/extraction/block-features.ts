/**
 * What the model sees of each block of a page: the block itself, the elements around it, its neighbours, the
 * blocks that are built alike, and the page as a whole. Columns are in `featureNames`, rows are blocks.
 */
import { fnvPrime, fnvStart, hashedWords, type TextBlocks } from './cut-blocks.js';
import { type ElementContext, insideBits, sumOf } from './element-context.js';
import { lineTokens } from './name-tokens.js';
import { pageKinds } from './page-kind.js';
import type { PageTree } from './page-tree.js';

const insideNames = [
  'nav',
  'header',
  'footer',
  'aside',
  'form',
  'main',
  'article',
  'hidden',
  'dialog',
  'control',
  'item',
  'cell',
  'figure',
  'list',
] as const;
const insideMasks = insideNames.map((name) => insideBits[name]);
const levels = [1, 2, 3, 4];
const neighbours = [-2, -1, 1, 2];

export const featureNames: readonly string[] = [
  'length',
  'words',
  'linkDensity',
  'links',
  'marks',
  'symbols',
  'capitals',
  'strong',
  'lastKind',
  'tagKind',
  'lineWeight',
  'titleOverlap',
  'sameBefore',
  ...insideNames.map((name) => `in:${name}`),
  'nameSum',
  'nameLeast',
  'nameMost',
  'nameNearest',
  'depth',
  'repeats',
  'repeatedLength',
  'repeatedLinkDensity',
  'position',
  'characterPosition',
  'fromEnd',
  'afterHeading1',
  'headingDistance',
  'headingLevel',
  'headingWeight',
  'sectionLength',
  'sectionLinkDensity',
  ...levels.flatMap((level) =>
    ['Length', 'LinkDensity', 'BlockLength', 'Share', 'Prose', 'Headings'].map((name) => `up${level}${name}`),
  ),
  ...['path', 'tagPath'].flatMap((name) =>
    ['Count', 'Length', 'LinkDensity', 'Share'].map((measure) => `${name}${measure}`),
  ),
  ...neighbours.flatMap((at) =>
    ['Length', 'LinkDensity', 'TagKind', 'LineWeight'].map((name) => `at${at}${name}`),
  ),
  'proseBefore',
  'proseAfter',
  'proseNear',
  'pageLength',
  'pageLinkDensity',
  'pageBlocks',
  'pageProse',
  'pageHeadings',
  'pageLongest',
  'pageTime',
  'pageCode',
  'pageCells',
  'pageForms',
  'pageArticles',
  'pageMain',
  ...pageKinds.map((kind) => `kind:${kind}`),
  'pathIndex',
  'pathRank',
  'heading1Distance',
  'heading1Share',
  'longestDistance',
  'longestShare',
  'kindred',
];

const tagKinds = new Map<string, number>([
  ['h1', 1],
  ['h2', 2],
  ['h3', 3],
  ['h4', 4],
  ['h5', 5],
  ['h6', 6],
  ['p', 7],
  ['pre', 8],
  ['blockquote', 9],
  ['dd', 10],
  ['td', 11],
  ['li', 12],
  ['dt', 13],
  ['th', 14],
  ['article', 15],
  ['section', 15],
  ['div', 16],
  ['summary', 17],
  ['figcaption', 18],
  ['caption', 18],
  ['label', 19],
  ['button', 20],
  ['legend', 21],
]);

/** Numbers a character so that a tree can tell sentence ends, letters, digits and signs by one cut. */
function characterKind(code: number): number {
  if (
    code === 46 ||
    code === 0x3002 ||
    code === 33 ||
    code === 63 ||
    code === 0xff01 ||
    code === 0xff1f ||
    code === 0x2026
  )
    return 6;
  if (code === 34 || code === 0x201d || code === 41 || code === 0x2019 || code === 0x201c) return 5;
  if (code === 58 || code === 0xff1a) return 4;
  if (code >= 97 && code <= 122) return 3;
  if (code >= 65 && code <= 90) return 2;
  if (code >= 48 && code <= 57) return 1;
  return code > 0xbf ? 3.5 : 0;
}

export interface FeatureWeights {
  readonly lines: Float32Array;
  readonly headings: Float32Array;
}

export interface BlockFeatures {
  readonly columns: number;
  readonly values: Float32Array;
  /** The tokens of each short block, for the trainer; empty for the others. */
}

/** Blocks of so many words or fewer are read word by word. */
export const shortWords = hashedWords;

/** The text of a block, white space collapsed. */
export function blockText(tree: PageTree, blocks: TextBlocks, block: number): string {
  let text = '';
  const end = block + 1 < blocks.count ? blocks.first[block + 1]! : tree.size;
  for (let node = blocks.first[block]!; node < end; node++) {
    if (blocks.blockOf[node] === block) text += tree.text[node]!;
  }
  return text.replace(/\s+/g, ' ').trim();
}

/** The hashes of the words of the title, as `cutBlocks` hashes words. */
function titleHashes(title: string): Set<number> {
  const hashes = new Set<number>();
  for (const word of title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    let hash = fnvStart;
    for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), fnvPrime);
    hashes.add(hash | 0);
  }
  return hashes;
}

export function blockFeatures(
  tree: PageTree,
  blocks: TextBlocks,
  context: ElementContext,
  weights: FeatureWeights,
  kinds: Float32Array,
): BlockFeatures {
  const { count } = blocks;
  const columns = featureNames.length;
  const values = new Float32Array(count * columns);
  const density = (linked: number, characters: number): number =>
    characters === 0 ? 0 : linked / characters;
  const log = (value: number): number => Math.log2(1 + value);

  // One pass for what needs the whole page or the order of blocks.
  const tagKind = new Float32Array(count);
  const lineWeight = new Float32Array(count);
  const headingWeight = new Float32Array(count);
  const titleOverlap = new Float32Array(count);
  const sameBefore = new Float32Array(count);
  const titleWords = titleHashes(tree.title);
  const seen = new Set<number>();
  const paths = new Map<number, Group>();
  const tagPaths = new Map<number, Group>();
  let [characters, linked, prose, headings, longest, code, cells] = [0, 0, 0, 0, 0, 0, 0];
  const before = new Float64Array(count + 1);
  const proseBefore = new Float64Array(count + 1);
  let heading1 = -1;
  let longestBlock = 0;
  const pathIndex = new Float32Array(count);
  for (let block = 0; block < count; block++) {
    const element = blocks.element[block]!;
    const length = blocks.length[block]!;
    const kind = tagKinds.get(tree.tag[element]!) ?? 22;
    tagKind[block] = kind;
    characters += length;
    linked += blocks.linked[block]!;
    before[block + 1] = characters;
    const isProse = length >= 80 && 2 * blocks.linked[block]! < length;
    if (isProse) prose += length;
    proseBefore[block + 1] = prose;
    if (kind <= 6) headings++;
    if (kind === 1 && heading1 < 0) heading1 = block;
    if (kind === 11 || kind === 14) cells += length;
    if ((context.inside[element]! & insideBits.code) !== 0) code += length;
    if (length > longest && 2 * blocks.linked[block]! < length) {
      longest = length;
      longestBlock = block;
    }
    pathIndex[block] = tally(paths, context.path[element]!, length, blocks.linked[block]!);
    tally(tagPaths, context.tagPath[element]!, length, blocks.linked[block]!);
    const hash = blocks.hash[block]!;
    if (seen.has(hash)) sameBefore[block] = 1;
    seen.add(hash);
    const from = blocks.wordStart[block]!;
    const to = blocks.wordStart[block + 1]!;
    if (blocks.words[block]! <= shortWords) {
      for (const token of lineTokens(blocks.wordHashes, from, to, 10))
        lineWeight[block]! += weights.lines[token]!;
    }
    if (kind <= 6) {
      for (const token of lineTokens(blocks.wordHashes, from, to, 20))
        headingWeight[block]! += weights.headings[token]!;
    }
    if (titleWords.size > 0 && blocks.words[block]! <= shortWords) {
      let shared = 0;
      for (let word = from; word < to; word++) if (titleWords.has(blocks.wordHashes[word]!)) shared++;
      const least = Math.min(3, titleWords.size);
      titleOverlap[block] = to === from ? 0 : (shared / (to - from)) * Math.min(1, (to - from) / least);
    }
  }
  // Length and link density of what follows each heading, up to the next one.
  const heading = new Int32Array(count).fill(-1);
  const sectionCharacters = new Float64Array(count + 1);
  const sectionLinked = new Float64Array(count + 1);
  let last = -1;
  for (let block = 0; block < count; block++) {
    if (tagKind[block]! <= 6) last = block;
    heading[block] = last;
    sectionCharacters[last + 1] = sectionCharacters[last + 1]! + blocks.length[block]!;
    sectionLinked[last + 1] = sectionLinked[last + 1]! + blocks.linked[block]!;
  }
  let times = 0;
  let forms = 0;
  let articles = 0;
  let mains = 0;
  for (let node = 1; node < tree.size; node++) {
    const tag = tree.tag[node];
    if (tag === 'time') times++;
    else if (tag === 'form') forms++;
    else if (tag === 'article') articles++;
    else if (tag === 'main') mains++;
  }
  const withHeading1 = around(tree, heading1 < 0 ? 0 : blocks.first[heading1]!);
  const withLongest = around(tree, blocks.first[longestBlock] ?? 0);

  let at = 0;
  const put = (value: number): void => {
    values[at++] = value;
  };
  for (let block = 0; block < count; block++) {
    at = block * columns;
    const element = blocks.element[block]!;
    const length = blocks.length[block]!;
    const words = blocks.words[block]!;
    const inside = context.inside[element]!;
    put(log(length));
    put(words);
    put(blocks.linked[block]! / length);
    put(blocks.links[block]!);
    put(blocks.marks[block]! / Math.max(1, words));
    put(blocks.symbols[block]! / length);
    put(blocks.capitals[block]! / length);
    put(blocks.strong[block]! / length);
    put(characterKind(blocks.lastCharacter[block]!));
    put(tagKind[block]!);
    put(lineWeight[block]!);
    put(titleOverlap[block]!);
    put(sameBefore[block]!);
    for (const mask of insideMasks) put((inside & mask) === 0 ? 0 : 1);
    put(context.nameSum[element]!);
    put(context.nameLeast[element]!);
    put(context.nameMost[element]!);
    put(context.nameNearest[element]!);
    put(context.depth[element]!);
    put(log(context.repeats[element]!));
    const repeated = context.repeated[element]!;
    const repeatedCharacters = sumOf(context.characters, tree, repeated);
    put(log(repeatedCharacters));
    put(density(sumOf(context.linked, tree, repeated), repeatedCharacters));
    put(block / count);
    put(before[block]! / characters);
    put(log(count - block));
    put(heading1 < 0 ? -1 : block < heading1 ? 0 : block === heading1 ? 1 : Math.min(100, block - heading1));
    const over = heading[block]!;
    put(over < 0 ? -1 : Math.min(60, block - over));
    put(over < 0 ? 0 : tagKind[over]!);
    put(over < 0 ? 0 : headingWeight[over]!);
    put(log(sectionCharacters[over + 1]!));
    put(density(sectionLinked[over + 1]!, sectionCharacters[over + 1]!));
    let up = element;
    for (let level = 0; level < levels.length; level++) {
      if (level > 0 || sumOf(context.blocks, tree, up) === 1) up = context.wider[up]!;
      const held = sumOf(context.characters, tree, up);
      put(log(held));
      put(density(sumOf(context.linked, tree, up), held));
      put(log(held / Math.max(1, sumOf(context.blocks, tree, up))));
      put(held / characters);
      put(density(sumOf(context.prose, tree, up), held));
      put(sumOf(context.headings, tree, up) / Math.max(1, sumOf(context.blocks, tree, up)));
    }
    for (const group of [paths.get(context.path[element]!)!, tagPaths.get(context.tagPath[element]!)!]) {
      put(log(group.count));
      put(log(group.characters / group.count));
      put(group.linked / group.characters);
      put(group.characters / characters);
    }
    for (const offset of neighbours) {
      const other = block + offset;
      if (other < 0 || other >= count) {
        put(-1);
        put(-1);
        put(0);
        put(0);
        continue;
      }
      put(log(blocks.length[other]!));
      put(blocks.linked[other]! / blocks.length[other]!);
      put(tagKind[other]!);
      put(lineWeight[other]!);
    }
    put(proseBefore[block]! / Math.max(1, prose));
    put(log(prose - proseBefore[block + 1]!));
    put(log(proseBefore[Math.min(count, block + 6)]! - proseBefore[Math.max(0, block - 5)]!));
    put(log(characters));
    put(density(linked, characters));
    put(log(count));
    put(density(prose, characters));
    put(headings / count);
    put(log(longest));
    put(log(times));
    put(density(code, characters));
    put(density(cells, characters));
    put(log(forms));
    put(log(articles));
    put(mains);
    for (const kind of kinds) put(kind);
    const path = paths.get(context.path[element]!)!;
    put(Math.min(50, pathIndex[block]!));
    put(pathIndex[block]! / path.count);
    for (const nearest of [withHeading1, withLongest]) {
      const shared = nearest[element]!;
      put(context.depth[element]! - context.depth[shared]!);
      put(sumOf(context.characters, tree, shared) / characters);
    }
    put(context.path[element] === context.path[blocks.element[longestBlock]!] ? 1 : 0);
  }
  return { columns, values };
}

/** Of each element the nearest one around it, itself included, that holds `target`. */
function around(tree: PageTree, target: number): Int32Array {
  const nearest = new Int32Array(tree.size);
  for (let node = 1; node < tree.size; node++) {
    nearest[node] = node <= target && target < tree.end[node]! ? node : nearest[tree.parent[node]!]!;
  }
  return nearest;
}

interface Group {
  count: number;
  characters: number;
  linked: number;
}

function tally(groups: Map<number, Group>, key: number, characters: number, linked: number): number {
  const group = groups.get(key);
  if (group === undefined) {
    groups.set(key, { count: 1, characters, linked });
    return 0;
  }
  group.characters += characters;
  group.linked += linked;
  return group.count++;
}
