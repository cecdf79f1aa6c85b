/** Splits against Hugging Face `tokenizers`, recorded by tooling/oracles/tokenizer/split-fixtures.py. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createPreTokenizer } from './pre-tokenizer.js';

interface Fixture {
  readonly texts: readonly string[];
  readonly patterns: readonly { name: string; source: string; splits: readonly string[][] }[];
}
const { texts, patterns } = JSON.parse(
  readFileSync(new URL('../fixtures/splits.json', import.meta.url), 'utf8'),
) as Fixture;

function piecesOf(source: string, text: string): string[] {
  const { scanner, split } = createPreTokenizer({ source });
  const pieces: string[] = [];
  if (scanner === undefined) {
    split(text, (start, end) => pieces.push(text.slice(start, end)));
    return pieces;
  }
  const bytes = Buffer.from(`${text}aaaa`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let start = 0; start < bytes.length - 4; ) {
    const end = scanner(view, start, bytes.length - 4);
    pieces.push(bytes.toString('utf8', start, end));
    start = end;
  }
  return pieces;
}

test.each(patterns)('$name', ({ source, splits }) => {
  texts.forEach((text, i) => {
    expect(piecesOf(source, text), JSON.stringify(text)).toEqual(splits[i]);
  });
});
