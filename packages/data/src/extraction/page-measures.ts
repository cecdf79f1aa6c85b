/** What the features need of the whole page or of the order of its blocks: one pass over the blocks. */
import { fnvPrime, fnvStart, hashedWords } from './block-rows.js';
import { type ElementContext, insideBits } from './element-context.js';
import { lineTokens } from './name-tokens.js';
import type { PageTree } from './page-tree.js';
import type { TextBlocks } from './text-blocks.js';

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

export interface FeatureWeights {
  readonly lines: Float32Array;
  readonly headings: Float32Array;
}

/** Blocks of so many words or fewer are read word by word. */
export const shortWords = hashedWords;

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

export type PageMeasures = ReturnType<typeof pageMeasures>;

export function pageMeasures(
  tree: PageTree,
  blocks: TextBlocks,
  context: ElementContext,
  weights: FeatureWeights,
) {
  const { count } = blocks;
  const tagKind = new Uint8Array(count);
  const lineWeight = new Float32Array(count);
  const headingWeight = new Float32Array(count);
  const titleOverlap = new Float32Array(count);
  const sameBefore = new Uint8Array(count);
  const titleWords = titleHashes(tree.title);
  const seen = new Set<number>();
  const paths = new Map<number, Group>();
  const tagPaths = new Map<number, Group>();
  let [characters, linked, prose, headings, longest, code, cells] = [0, 0, 0, 0, 0, 0, 0];
  const before = new Int32Array(count + 1);
  const proseBefore = new Int32Array(count + 1);
  let heading1 = -1;
  let longestBlock = 0;
  const pathIndex = new Int32Array(count);
  for (let block = 0; block < count; block++) {
    const element = blocks.element[block]!;
    const length = blocks.length[block]!;
    const kind = tagKinds.get(tree.tagOf(element)) ?? 22;
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
  const sectionCharacters = new Int32Array(count + 1);
  const sectionLinked = new Int32Array(count + 1);
  let last = -1;
  for (let block = 0; block < count; block++) {
    if (tagKind[block]! <= 6) last = block;
    heading[block] = last;
    sectionCharacters[last + 1] = sectionCharacters[last + 1]! + blocks.length[block]!;
    sectionLinked[last + 1] = sectionLinked[last + 1]! + blocks.linked[block]!;
  }
  return {
    tagKind,
    lineWeight,
    headingWeight,
    titleOverlap,
    sameBefore,
    paths,
    tagPaths,
    pathIndex,
    /** Characters before each block, and those of them in prose. */
    before,
    proseBefore,
    characters,
    linked,
    prose,
    headings,
    longest,
    code,
    cells,
    heading1,
    longestBlock,
    /** The heading over each block, -1 for none; sections are counted from there. */
    heading,
    sectionCharacters,
    sectionLinked,
  };
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
