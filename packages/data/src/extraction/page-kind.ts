/**
 * What kind of page it is, before any block is judged: an article, a thread, documentation, a product, a
 * collection of products, a listing of pages or a service. A softmax over hashed signs: the types that the
 * page declares (JSON-LD, Open Graph), the words of its canonical path and of the names of its body, and
 * measures of its structure cut into steps.
 */
import type { TextBlocks } from './cut-blocks.js';
import { headingTags } from './html-tags.js';
import { bucketOf } from './name-tokens.js';
import type { PageTree } from './page-tree.js';

export const pageKinds = [
  'article',
  'forum',
  'documentation',
  'product',
  'collection',
  'listing',
  'service',
] as const;
export type PageKind = (typeof pageKinds)[number];

export const kindBuckets = 1024;

/** The buckets of the signs of a page. */
export function kindTokens(html: string, tree: PageTree, blocks: TextBlocks): number[] {
  const signs = new Set<string>();
  let seen = 0;
  // `@` is rarer than a quotation mark, and what is rare is found fast.
  for (let at = html.indexOf('@type"'); at >= 0 && seen < 60; at = html.indexOf('@type"', at + 6)) {
    if (html.charCodeAt(at - 1) !== 34) continue;
    const type = /^\s*:\s*\[?\s*"(?:https?:\/\/schema\.org\/)?([A-Za-z]+)"/.exec(
      html.slice(at + 6, at + 80),
    )?.[1];
    if (type !== undefined) signs.add(`ld ${type}`);
    seen++;
  }
  const declared = around(html, 'og:type', 120);
  const openGraph = /content\s*=\s*["']?\s*([\w.:-]+)/i.exec(declared)?.[1];
  if (openGraph !== undefined) signs.add(`og ${openGraph.toLowerCase()}`);
  const canonical = /href\s*=\s*["']?\s*(?:https?:)?\/\/([^/"'\s>]+)([^"'?#\s>]*)/i.exec(
    around(html, 'rel="canonical"', 400),
  );
  if (canonical !== null) {
    for (const label of canonical[1]!.toLowerCase().split('.').slice(0, -1)) signs.add(`host ${label}`);
    const parts = canonical[2]!
      .toLowerCase()
      .split('/')
      .filter((part) => part !== '');
    signs.add(`depth ${Math.min(5, parts.length)}`);
    for (const part of parts) {
      const words = part.split(/[^a-z]+/).filter((word) => word.length > 1);
      if (words.length <= 2) for (const word of words) signs.add(`path ${word}`);
      signs.add(
        `${part === parts[parts.length - 1] ? 'last' : 'part'} ${Math.min(8, words.length)} ${/\d/.test(part)}`,
      );
    }
  }
  for (let node = 1; node < Math.min(tree.size, 40); node++) {
    const tag = tree.tagOf(node);
    if (tag !== 'html' && tag !== 'body') continue;
    for (const word of tree.cues[tree.cueNumber[node]!]!.slice(0, 2000).split(/[^a-z]+/))
      if (word.length > 2) signs.add(`body ${word}`);
  }
  for (const sign of structure(tree, blocks)) signs.add(sign);
  return [...signs].map((sign) => bucketOf(sign, 40) % kindBuckets);
}

/** Measures as signs: a name and the step that the measure reaches. */
function structure(tree: PageTree, blocks: TextBlocks): string[] {
  let [
    characters,
    linked,
    prose,
    links,
    headings,
    questions,
    prices,
    code,
    cells,
    items,
    buttons,
    linkedHeadings,
  ] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let block = 0; block < blocks.count; block++) {
    const length = blocks.length[block]!;
    const tag = tree.tagOf(blocks.element[block]!);
    characters += length;
    linked += blocks.linked[block]!;
    if (length >= 80 && 2 * blocks.linked[block]! < length) prose += length;
    if (blocks.links[block]! > 0) links++;
    if (headingTags.has(tag)) {
      headings++;
      if (2 * blocks.linked[block]! > length) linkedHeadings++;
    }
    if (blocks.lastCharacter[block] === 63) questions++;
    if (length < 30 && blocks.digits[block]! > 0 && isCurrency(blocks.firstCharacter[block]!)) prices++;
    if (tag === 'pre') code += length;
    else if (tag === 'td') cells++;
    else if (tag === 'li') items++;
    else if (tag === 'button') buttons++;
  }
  const share = (name: string, part: number, whole: number): string =>
    `${name} ${whole === 0 ? 0 : Math.round((8 * part) / whole)}`;
  const size = (name: string, value: number): string => `${name} ${Math.round(Math.log2(1 + value))}`;
  return [
    size('characters', characters),
    size('prose', prose),
    share('linked', linked, characters),
    share('proseShare', prose, characters),
    size('headings', headings),
    size('linkedHeadings', linkedHeadings),
    size('questions', questions),
    size('prices', prices),
    size('code', code),
    size('cells', cells),
    share('items', items, blocks.count),
    size('times', tree.countOf('time')),
    size('buttons', buttons),
    share('links', links, blocks.count),
  ];
}

function isCurrency(code: number): boolean {
  return code === 36 || code === 0xa3 || code === 0xa5 || (code >= 0x20a0 && code <= 0x20bf);
}

function around(html: string, mark: string, reach: number): string {
  const at = html.indexOf(mark);
  if (at < 0) return '';
  const from = html.lastIndexOf('<', at);
  const to = html.indexOf('>', at);
  return html.slice(Math.max(from, at - reach), to < 0 ? at + reach : Math.min(to, at + reach));
}

/**
 * The probabilities of `pageKinds`; `weights` has a row of `kindBuckets` a kind, and a bias after each row.
 */
export function kindProbabilities(tokens: readonly number[], weights: Float32Array): Float32Array {
  const scores = new Float32Array(pageKinds.length);
  let top = Number.NEGATIVE_INFINITY;
  for (let kind = 0; kind < scores.length; kind++) {
    const row = kind * (kindBuckets + 1);
    let score = weights[row + kindBuckets]!;
    for (const token of tokens) score += weights[row + token]!;
    scores[kind] = score;
    if (score > top) top = score;
  }
  let total = 0;
  for (let kind = 0; kind < scores.length; kind++) {
    scores[kind] = Math.exp(scores[kind]! - top);
    total += scores[kind]!;
  }
  for (let kind = 0; kind < scores.length; kind++) scores[kind] = scores[kind]! / total;
  return scores;
}
