/**
 * Thai words as PyThaiNLP 5's `newmm-safe` cuts them, which datatrove takes for FineWeb-2: the fewest words
 * of a dictionary, ending where character clusters end, and between them what is in no dictionary. The
 * dictionary is the caller's: PyThaiNLP's `corpus/words_th.txt` (CC0).
 */
import type { CutWords } from '../cut-words.js';
import { strip } from '../python-text.js';
import { parts } from './text-parts.js';
import { clusterEnds } from './thai-clusters.js';
import { WordTrie } from './word-trie.js';

/** What is no Thai: Latin letters, numbers, blanks, one line end, anything else up to white space. */
const foreign = /[-a-zA-Z]+|\p{Nd}+(?:[,.]\p{Nd}+)*|[ \t]+|\r?\n|[^\u0e00-\u0e7f \t\r\n]+/uy;
const mostPaths = 50;

export function thaiWords(dictionary: Iterable<string>): CutWords {
  const trie = new WordTrie(dictionary);
  return function newmm(text) {
    const words: string[] = [];
    for (const part of parts(text, (sample) => cutPart(sample, trie), 'last'))
      for (const word of cutPart(part, trie)) words.push(word);
    return joinNumbers(words)
      .map(strip)
      .filter((word) => word !== '');
  };
}

function cutPart(text: string, trie: WordTrie): string[] {
  const words: string[] = [];
  const ends = clusterEnds(text);
  const graph = new Map<number, number[]>();
  let paths = 0;
  /** Where words may begin, in ascending order. */
  const open = [0];
  let start = 0;
  while (open[0]! < text.length) {
    const at = open.shift()!;
    const found: number[] = [];
    for (const end of trie.ends(text, at)) {
      if (ends[end] !== 1) continue;
      found.push(end);
      paths++;
      insert(open, end);
      if (paths > mostPaths) break;
    }
    graph.set(at, found);
    if (open.length > 1) continue;
    const path = open.length === 1 ? shortest(graph, start, open[0]!) : [at, skip(text, at, ends, trie)];
    for (let step = 1; step < path.length; step++) words.push(text.slice(path[step - 1], path[step]));
    start = path[path.length - 1]!;
    if (open.length === 0) open.push(start);
    paths = 0;
    graph.clear();
  }
  return words;
}

function insert(open: number[], place: number): void {
  let at = open.length;
  while (at > 0 && open[at - 1]! > place) at--;
  if (open[at - 1] !== place) open.splice(at, 0, place);
}

/** The way with the fewest words, the first of equals. */
function shortest(graph: ReadonlyMap<number, readonly number[]>, start: number, goal: number): number[] {
  const from = new Map<number, number>([[start, -1]]);
  const queue = [start];
  for (let head = 0; head < queue.length && !from.has(goal); head++)
    for (const place of graph.get(queue[head]!) ?? [])
      if (!from.has(place)) {
        from.set(place, queue[head]!);
        queue.push(place);
      }
  const path: number[] = [];
  for (let at = goal; at >= 0; at = from.get(at) ?? -1) path.push(at);
  return path.reverse();
}

const shortConsonants = /^[ก-ฮ]{0,2}$/;

/** The end of what stands in no dictionary: where a word of it begins, of more than two consonants. */
function skip(text: string, start: number, ends: Uint8Array, trie: WordTrie): number {
  const end = foreignEnd(text, start);
  if (end !== undefined) return end;
  for (let at = start + 1; at < text.length; at++) {
    if (ends[at] !== 1) continue;
    const begins = trie
      .ends(text, at)
      .some((wordEnd) => ends[wordEnd] === 1 && !shortConsonants.test(text.slice(at, wordEnd)));
    if (begins || foreignEnd(text, at) !== undefined) return at;
  }
  return text.length;
}

function foreignEnd(text: string, at: number): number | undefined {
  foreign.lastIndex = at;
  return foreign.test(text) ? foreign.lastIndex : undefined;
}

const parted = /(?:\p{Nd}+[.,:])+\p{Nd}+/gu;

/** Numbers whose parts points, commas and colons join are one word, with what a word holds beside them. */
function joinNumbers(words: readonly string[]): readonly string[] {
  const numbers = words.join('').matchAll(parted);
  const joined: string[] = [];
  let [place, at] = [0, 0];
  for (const number of numbers) {
    while (at < words.length && place < number.index) {
      joined.push(words[at]!);
      place += words[at++]!.length;
    }
    let whole = '';
    while (at < words.length && place < number.index + number[0].length) {
      whole += words[at]!;
      place += words[at++]!.length;
    }
    if (whole !== '') joined.push(whole);
  }
  while (at < words.length) joined.push(words[at++]!);
  return joined;
}
