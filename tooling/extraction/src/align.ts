/**
 * Finds the known main text again in the blocks of its page: of each block the share of its words that stand
 * in the text, which is what the model learns. Long blocks are found by runs of four words; short ones count
 * only where the text has them beside a block that was found, or as a line of their own. No word of the text
 * is found twice, so of two copies of a paragraph one is content.
 */
import { wordsOf } from './word-score.js';

const run = 4;

export function alignBlocks(texts: readonly (readonly string[])[], truth: string): Float32Array {
  const lines = truth
    .split('\n')
    .map(wordsOf)
    .filter((line) => line.length > 0);
  const words = lines.flat();
  const lineStarts = new Map<string, number[]>();
  let start = 0;
  for (const line of lines) {
    push(lineStarts, line.join(' '), start);
    start += line.length;
  }
  const runs = new Map<string, number[]>();
  for (let at = 0; at + run <= words.length; at++) push(runs, words.slice(at, at + run).join(' '), at);
  const taken = new Uint8Array(words.length);
  const shares = new Float32Array(texts.length);
  const from = new Int32Array(texts.length).fill(-1);
  const to = new Int32Array(texts.length).fill(-1);
  for (let block = 0; block < texts.length; block++) {
    const text = texts[block]!;
    if (text.length < run) continue;
    const covered = new Uint8Array(text.length);
    let expected = -1;
    for (let at = 0; at + run <= text.length; at++) {
      const places = runs.get(text.slice(at, at + run).join(' '));
      if (places === undefined) continue;
      const place = places.find((one) => one === expected) ?? places.find((one) => taken[one] === 0);
      if (place === undefined) continue;
      expected = place + 1;
      covered.fill(1, at, at + run);
      taken.fill(1, place, place + run);
      if (from[block] === -1) from[block] = place;
      to[block] = place + run;
    }
    shares[block] = covered.reduce((sum, one) => sum + one, 0) / text.length;
    if (shares[block]! < 0.3 && text.length < 12) from[block] = to[block] = -1;
  }
  // Short blocks beside one that was found, forwards and backwards, then lines that are still free.
  const short = (block: number): boolean =>
    texts[block]!.length > 0 && texts[block]!.length < run && shares[block] === 0;
  const isAt = (text: readonly string[], place: number): boolean => {
    if (place < 0 || place + text.length > words.length) return false;
    for (let at = 0; at < text.length; at++)
      if (words[place + at] !== text[at] || taken[place + at] === 1) return false;
    return true;
  };
  const take = (block: number, place: number): void => {
    const { length } = texts[block]!;
    taken.fill(1, place, place + length);
    shares[block] = 1;
    from[block] = place;
    to[block] = place + length;
  };
  for (const step of [1, -1]) {
    let beside = -1;
    for (let at = 0; at < texts.length; at++) {
      const block = step === 1 ? at : texts.length - 1 - at;
      if (short(block) && beside >= 0) {
        for (let gap = 0; gap <= 3; gap++) {
          const place = step === 1 ? to[beside]! + gap : from[beside]! - texts[block]!.length - gap;
          if (!isAt(texts[block]!, place)) continue;
          take(block, place);
          break;
        }
      }
      if (from[block]! >= 0) beside = block;
    }
  }
  for (let block = 0; block < texts.length; block++) {
    if (!short(block)) continue;
    const place = lineStarts.get(texts[block]!.join(' '))?.find((one) => isAt(texts[block]!, one));
    if (place !== undefined) take(block, place);
  }
  return shares;
}

function push(map: Map<string, number[]>, key: string, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
