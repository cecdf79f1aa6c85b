import { expect, it } from 'vitest';
import { firstHash, nextHash, WordTable } from './word-table.js';

const words = ['a', 'abbr', 'annotation-xml', 'class', 'div', 'href', 'h1', 'h2', 'id', 'xml:lang'];
const table = new WordTable(words);

function find(text: string, start = 0, end = text.length): string | undefined {
  let hash = firstHash;
  for (let at = start; at < end; at++) hash = nextHash(hash, text.charCodeAt(at));
  return table.words[table.find(text, start, end, hash)];
}

it('finds each word where it stands, in capitals or not, and no other', () => {
  for (const word of words) {
    expect(find(word)).toBe(word);
    expect(find(`<${word.toUpperCase()}>`, 1, word.length + 1)).toBe(word);
    expect(find(`${word}x`)).toBeUndefined();
  }
  for (const other of ['', 'clas', 'İd', 'KLASS', '\u212aey', 'h3', 'constructor', '__proto__'])
    expect(find(other)).toBeUndefined();
});
