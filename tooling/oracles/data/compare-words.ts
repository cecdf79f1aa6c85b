/**
 * Compares words with datatrove's: `node --conditions=@llm/source --import tsx compare-words.ts DOCUMENTS
 * WORDS [LANGUAGE]`, the second written by `words.py` for the first. Prints for each language how many texts
 * are cut alike to the last word, and with a language the first differences.
 */
import { readFileSync } from 'node:fs';
import { Page } from '@llm/data';

const [documentFile, wordFile, only] = process.argv.slice(2);
const lines = (file: string): string[] => readFileSync(file, 'utf8').trim().split('\n');
const expected = lines(wordFile!);
const counts = new Map<string, { texts: number; alike: number; words: number; off: number }>();
let shown = 0;

for (const [index, line] of lines(documentFile!).entries()) {
  const { language, text } = JSON.parse(line) as { language: string; text: string };
  if (only !== undefined && language !== only) continue;
  const theirs = JSON.parse(expected[index]!) as string[] | null;
  if (theirs === null) continue;
  const ours = new Page({ content: text }).wordsIn(language);
  const count = counts.get(language) ?? { texts: 0, alike: 0, words: 0, off: 0 };
  counts.set(language, count);
  count.texts++;
  count.words += theirs.length;
  const at = theirs.findIndex((word, place) => word !== ours[place]);
  if (at < 0 && theirs.length === ours.length) {
    count.alike++;
    continue;
  }
  const bag = new Map<string, number>();
  for (const word of theirs) bag.set(word, (bag.get(word) ?? 0) + 1);
  for (const word of ours) bag.set(word, (bag.get(word) ?? 0) - 1);
  for (const left of bag.values()) if (left > 0) count.off += left;
  if (only === undefined || shown++ > 30) continue;
  const near = (words: readonly string[]): string => JSON.stringify(words.slice(Math.max(0, at - 1), at + 4));
  process.stdout.write(`text ${index}: ${near(ours)} for ${near(theirs)}\n`);
}
for (const [language, { texts, alike, words, off }] of [...counts].sort())
  process.stdout.write(`${language}: ${alike} of ${texts} texts; ${off} of ${words} words not met\n`);
