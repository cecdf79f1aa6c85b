/**
 * The ordinary tokens of a vocabulary as a trie of their bytes, in the order in which it is walked, so that
 * what leads nowhere is skipped at once (after llguidance's `toktrie`). Control and added tokens are left out:
 * they are no text.
 */
import type { BpeTokenizer } from '@llm/tokenizer';

export class TokenTrie {
  /** [nodes] the byte that leads to a node; node 0 is the root, which has none. */
  readonly bytes: Uint8Array;
  /** [nodes] its distance from the root */
  readonly depths: Uint16Array;
  /** [nodes] where the nodes below it end */
  readonly ends: Int32Array;
  /** [nodes + 1] where its tokens begin in `tokens` */
  readonly tokenStarts: Int32Array;
  readonly tokens: Int32Array;
  /** Bytes of the longest token. */
  readonly longest: number;
  /** Words of a bit set of all ids. */
  readonly words: number;

  constructor(tokenizer: Pick<BpeTokenizer, 'vocabularySize' | 'tokenBytes' | 'definition'>) {
    const { vocabularySize } = tokenizer;
    this.words = Math.ceil(vocabularySize / 32);
    const added = new Set((tokenizer.definition.addedTokens ?? []).map(({ id }) => id));
    const texts: { readonly id: number; readonly bytes: Uint8Array }[] = [];
    for (let id = 0; id < vocabularySize; id++) {
      const bytes = added.has(id) ? undefined : tokenizer.tokenBytes(id);
      if (bytes !== undefined && bytes.length > 0 && bytes.length < 65_536) texts.push({ id, bytes });
    }
    texts.sort((a, b) => compare(a.bytes, b.bytes) || a.id - b.id);
    const bytes: number[] = [0];
    const depths: number[] = [0];
    const ends: number[] = [0];
    const starts: number[] = [0];
    const path: number[] = [0];
    let previous = new Uint8Array();
    this.tokens = Int32Array.from(texts, ({ id }) => id);
    for (const [index, { bytes: text }] of texts.entries()) {
      let same = 0;
      while (same < previous.length && same < text.length && previous[same] === text[same]) same++;
      while (path.length > same + 1) ends[path.pop()!] = bytes.length;
      for (let at = same; at < text.length; at++) {
        path.push(bytes.length);
        bytes.push(text[at]!);
        depths.push(at + 1);
        ends.push(0);
        starts.push(index);
      }
      previous = text as Uint8Array<ArrayBuffer>;
    }
    while (path.length > 0) ends[path.pop()!] = bytes.length;
    starts.push(texts.length);
    this.bytes = Uint8Array.from(bytes);
    this.depths = Uint16Array.from(depths);
    this.ends = Int32Array.from(ends);
    this.tokenStarts = Int32Array.from(starts);
    this.longest = depths.reduce((most, depth) => Math.max(most, depth), 0);
  }
}

const tries = new WeakMap<BpeTokenizer, TokenTrie>();

export function trieOf(tokenizer: BpeTokenizer): TokenTrie {
  const trie = tries.get(tokenizer) ?? new TokenTrie(tokenizer);
  tries.set(tokenizer, trie);
  return trie;
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}
