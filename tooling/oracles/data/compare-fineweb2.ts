/**
 * Compares the filters of FineWeb-2 with what datatrove decided about the same texts:
 * `node --conditions=@llm/source --import tsx compare-fineweb2.ts DOCUMENTS DECISIONS [WORDS]`, both written
 * as `fineweb2.py` says; WORDS is a module whose default export cuts the words of some languages. Prints for
 * each language how many decisions and word counts agree.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fineWeb2Steps, Page } from '@llm/data';

type Words = Readonly<Record<string, (text: string) => readonly string[]>>;

const [documentFile, decisionFile, module] = process.argv.slice(2);
const ownWords = module === undefined ? {} : ((await import(resolve(module))) as { default: Words }).default;
const lines = (file: string): string[] => readFileSync(file, 'utf8').trim().split('\n');
const decisions = lines(decisionFile!).map((line) => JSON.parse(line) as Record<string, string | number>);
const identifier = { name: 'known', identify: () => ({ language: '', score: 1 }) };
const counts = new Map<string, { documents: number; agree: number; words: number; differ: string[] }>();

let [sameWordsDocuments, sameWordsAgree] = [0, 0];

for (const [index, line] of lines(documentFile!).entries()) {
  const { language, text } = JSON.parse(line) as { language: string; text: string };
  const page = new Page({ content: text });
  page.add({ language });
  const theirs = decisions[index]!;
  const count = counts.get(language) ?? { documents: 0, agree: 0, words: 0, differ: [] };
  counts.set(language, count);
  count.documents++;
  const sameWords = page.wordsIn(ownWords[language] ?? language).length === theirs.words;
  if (sameWords) count.words++;
  let agree = true;
  const own = ownWords[language];
  const words = own === undefined ? undefined : { [language]: own };
  for (const step of fineWeb2Steps({ identifier, languages: [language], words })) {
    const expected = theirs[step.name];
    if (expected === undefined || step.name === 'repair') continue;
    const verdict = await step.run(page);
    const ours = verdict.kind === 'drop' ? verdict.reason : 'keep';
    if (ours === expected) continue;
    agree = false;
    count.differ.push(`${step.name}: ${ours} for ${expected}`);
  }
  if (agree) count.agree++;
  if (sameWords) {
    sameWordsDocuments++;
    if (agree) sameWordsAgree++;
  }
}
let [documents, agree] = [0, 0];
for (const [language, count] of [...counts].sort()) {
  documents += count.documents;
  agree += count.agree;
  const share = ((100 * count.agree) / count.documents).toFixed(2);
  const words = ((100 * count.words) / count.documents).toFixed(1);
  process.stdout.write(
    `${language}: ${share} % of ${count.documents}, words ${words} %; ${[...new Set(count.differ)].slice(0, 4).join('; ')}\n`,
  );
}
process.stdout.write(`with as many words: ${sameWordsAgree} of ${sameWordsDocuments}\n`);
process.stdout.write(`all: ${((100 * agree) / documents).toFixed(2)} % of ${documents}\n`);
