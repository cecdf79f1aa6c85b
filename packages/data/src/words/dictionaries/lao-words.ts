/**
 * Lao words as LaoNLP 1.3 cuts them, which datatrove takes for FineWeb-2: the fewest words of a dictionary,
 * and between them what is in none. The dictionary is the caller's: the lists that LaoNLP puts together
 * (`corpus/Lao-Dictionary.txt`, `lo_spellcheck_dict.txt`, `lao-wannaphong.txt`, `wiktionary-20210720.txt`).
 */
import type { CutWords } from '../cut-words.js';
import { strip } from '../python-text.js';
import { parts } from './text-parts.js';
import { WordTrie } from './word-trie.js';

/** What is no Lao, where it stands in no dictionary: Latin letters, numbers, blanks, one line end. */
const foreign = /[-a-zA-Z]+|\p{Nd}+(?:[,.]\p{Nd}+)*|[ \t]+|\r?\n/uy;

export function laoWords(dictionary: Iterable<string>): CutWords {
  const trie = new WordTrie(dictionary);
  const cut = (text: string): string[] => cutPart(text, trie);
  return function laonlp(text) {
    const words: string[] = [];
    for (const part of parts(text, cut, 'first')) for (const word of cut(part)) words.push(word);
    return words.map(strip).filter((word) => word !== '');
  };
}

function cutPart(text: string, trie: WordTrie): string[] {
  const words: string[] = [];
  const graph = new Map<number, number[]>();
  const open = new Set([0]);
  let start = 0;
  for (;;) {
    const at = Math.min(...open);
    if (at >= text.length) return words;
    open.delete(at);
    const ends = trie.ends(text, at);
    graph.set(at, ends);
    for (const end of ends) open.add(end);
    if (open.size > 1) continue;
    if (open.size === 0) open.add(skip(text, at, trie));
    const goal = Math.min(...open);
    if (ends.length === 0 && start === at) words.push(text.slice(at, goal));
    else for (const word of shortest(text, graph, start, goal)) words.push(word);
    start = goal;
    graph.clear();
  }
}

/** The way with the fewest words; of equals the one whose first words are shorter. */
function shortest(
  text: string,
  graph: ReadonlyMap<number, readonly number[]>,
  start: number,
  goal: number,
): string[] {
  const steps = new Map<number, { readonly count: number; readonly next: number }>([
    [goal, { count: 0, next: goal }],
  ]);
  for (const at of [...graph.keys()].sort((a, b) => b - a)) {
    for (const end of graph.get(at)!) {
      const behind = steps.get(end);
      if (behind !== undefined && behind.count + 1 < (steps.get(at)?.count ?? Infinity))
        steps.set(at, { count: behind.count + 1, next: end });
    }
  }
  const words: string[] = [];
  for (let at = start; at < goal; ) {
    const { next } = steps.get(at) ?? { next: goal };
    words.push(text.slice(at, next));
    at = next;
  }
  return words;
}

function skip(text: string, start: number, trie: WordTrie): number {
  foreign.lastIndex = start;
  if (foreign.test(text)) return foreign.lastIndex;
  for (let at = start; at < text.length; ) {
    at += text.codePointAt(at)! > 0xffff ? 2 : 1;
    foreign.lastIndex = at;
    if (trie.ends(text, at).length > 0 || foreign.test(text)) return at;
  }
  return text.length;
}
