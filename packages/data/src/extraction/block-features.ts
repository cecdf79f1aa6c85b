/**
 * What the model sees of each block of a page: the block itself, the elements around it, its neighbours, the
 * blocks that are built alike, and the page as a whole. Columns are in `featureNames`, rows are blocks.
 */
import type { TextBlocks } from './cut-blocks.js';
import { blocksIn, type ElementContext, insideBits, sumOf } from './element-context.js';
import { pageKinds } from './page-kind.js';
import { type FeatureWeights, pageMeasures } from './page-measures.js';
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
  'repeatedShare',
  'digits',
];

const logarithms = Float64Array.from({ length: 4096 }, (_, value) => Math.log2(1 + value));

/** log2(1 + value); most are small whole numbers. */
function log(value: number): number {
  const whole = value | 0;
  return whole === value && whole < logarithms.length ? logarithms[whole]! : Math.log2(1 + value);
}

function density(linked: number, characters: number): number {
  return characters === 0 ? 0 : linked / characters;
}

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

export interface BlockFeatures {
  readonly columns: number;
  /**
   * Writes the rows of the blocks from `first` to before `last`, one after the other, at the beginning of
   * `values`: all rows of a page with 100,000 blocks would take 50 MB.
   */
  write(first: number, last: number, values: Float32Array): void;
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
  const page = pageMeasures(tree, blocks, context, weights);
  const { tagKind, lineWeight, heading, characters, paths, tagPaths, heading1, proseBefore, prose } = page;
  /** What all blocks of the page have in common. */
  const wholePage = Float32Array.of(
    log(characters),
    density(page.linked, characters),
    log(count),
    density(prose, characters),
    page.headings / count,
    log(page.longest),
    log(tree.countOf('time')),
    density(page.code, characters),
    density(page.cells, characters),
    log(tree.countOf('form')),
    log(tree.countOf('article')),
    tree.countOf('main'),
    ...kinds,
  );
  const withHeading1 = around(tree, context, heading1 < 0 ? 0 : blocks.first[heading1]!);
  const withLongest = around(tree, context, blocks.first[page.longestBlock] ?? 0);

  const write = (first: number, last: number, values: Float32Array): void => {
    for (let block = first; block < last; block++) {
      let at = (block - first) * columns;
      const element = blocks.element[block]!;
      const length = blocks.length[block]!;
      const words = blocks.words[block]!;
      const inside = context.inside[element]!;
      values[at++] = log(length);
      values[at++] = words;
      values[at++] = blocks.linked[block]! / length;
      values[at++] = blocks.links[block]!;
      values[at++] = blocks.marks[block]! / Math.max(1, words);
      values[at++] = blocks.symbols[block]! / length;
      values[at++] = blocks.capitals[block]! / length;
      values[at++] = blocks.strong[block]! / length;
      values[at++] = characterKind(blocks.lastCharacter[block]!);
      values[at++] = tagKind[block]!;
      values[at++] = lineWeight[block]!;
      values[at++] = page.titleOverlap[block]!;
      values[at++] = page.sameBefore[block]!;
      for (const mask of insideMasks) values[at++] = (inside & mask) === 0 ? 0 : 1;
      values[at++] = context.nameSum[element]!;
      values[at++] = context.nameLeast[element]!;
      values[at++] = context.nameMost[element]!;
      values[at++] = context.nameNearest[element]!;
      values[at++] = context.depth[element]!;
      values[at++] = log(context.repeats[element]!);
      const repeated = context.repeated[element]!;
      const repeatedCharacters = sumOf(context.characters, context, tree, repeated);
      values[at++] = log(repeatedCharacters);
      values[at++] = density(sumOf(context.linked, context, tree, repeated), repeatedCharacters);
      values[at++] = block / count;
      values[at++] = page.before[block]! / characters;
      values[at++] = log(count - block);
      values[at++] =
        heading1 < 0 ? -1 : block < heading1 ? 0 : block === heading1 ? 1 : Math.min(100, block - heading1);
      const over = heading[block]!;
      values[at++] = over < 0 ? -1 : Math.min(60, block - over);
      values[at++] = over < 0 ? 0 : tagKind[over]!;
      values[at++] = over < 0 ? 0 : page.headingWeight[over]!;
      values[at++] = log(page.sectionCharacters[over + 1]!);
      values[at++] = density(page.sectionLinked[over + 1]!, page.sectionCharacters[over + 1]!);
      let up = element;
      for (let level = 0; level < levels.length; level++) {
        if (level > 0 || blocksIn(context, tree, up) === 1) up = context.wider[up]!;
        const held = sumOf(context.characters, context, tree, up);
        values[at++] = log(held);
        values[at++] = density(sumOf(context.linked, context, tree, up), held);
        values[at++] = log(held / Math.max(1, blocksIn(context, tree, up)));
        values[at++] = held / characters;
        values[at++] = density(sumOf(context.prose, context, tree, up), held);
        values[at++] = sumOf(context.headings, context, tree, up) / Math.max(1, blocksIn(context, tree, up));
      }
      for (const group of [paths.get(context.path[element]!)!, tagPaths.get(context.tagPath[element]!)!]) {
        values[at++] = log(group.count);
        values[at++] = log(group.characters / group.count);
        values[at++] = group.linked / group.characters;
        values[at++] = group.characters / characters;
      }
      for (const offset of neighbours) {
        const other = block + offset;
        if (other < 0 || other >= count) {
          values[at++] = -1;
          values[at++] = -1;
          values[at++] = 0;
          values[at++] = 0;
          continue;
        }
        values[at++] = log(blocks.length[other]!);
        values[at++] = blocks.linked[other]! / blocks.length[other]!;
        values[at++] = tagKind[other]!;
        values[at++] = lineWeight[other]!;
      }
      values[at++] = proseBefore[block]! / Math.max(1, prose);
      values[at++] = log(prose - proseBefore[block + 1]!);
      values[at++] = log(proseBefore[Math.min(count, block + 6)]! - proseBefore[Math.max(0, block - 5)]!);
      values.set(wholePage, at);
      at += wholePage.length;
      const path = paths.get(context.path[element]!)!;
      values[at++] = Math.min(50, page.pathIndex[block]!);
      values[at++] = page.pathIndex[block]! / path.count;
      for (const nearest of [withHeading1, withLongest]) {
        const shared = nearest.chain[nearest.depths[element]!]!;
        values[at++] = context.depth[element]! - context.depth[shared]!;
        values[at++] = sumOf(context.characters, context, tree, shared) / characters;
      }
      values[at++] = context.path[element] === context.path[blocks.element[page.longestBlock]!] ? 1 : 0;
      values[at++] = Math.min(1, (context.repeats[element]! * repeatedCharacters) / characters);
      values[at++] = blocks.digits[block]! / length;
    }
  };
  return { columns, write };
}

/**
 * Of each element the nearest one around it, itself included, that holds `target`: `chain` are those that do,
 * from the root down, `depths` says which of them.
 */
function around(
  { size, name, end, parent }: PageTree,
  { depth }: ElementContext,
  target: number,
): { readonly chain: readonly number[]; readonly depths: Uint16Array } {
  const depths = new Uint16Array(size);
  for (let node = 1; node < size; node++) {
    if (name[node]! < 0) continue;
    depths[node] = node <= target && target < end[node]! ? depth[node]! : depths[parent[node]!]!;
  }
  const chain: number[] = [];
  for (let node = target; node > 0; node = parent[node]!) if (name[node]! >= 0) chain.push(node);
  chain.push(0);
  return { chain: chain.reverse(), depths };
}
