/** Decisions of `preset: 'fineweb-v1'` with NLTK's words beside those that `fineweb_v1.py` recorded. */
import { readFileSync } from 'node:fs';
import { c4Quality } from '../../../packages/data/src/filters/c4-quality.js';
import { fineWebQuality } from '../../../packages/data/src/filters/fineweb-quality.js';
import { gopherQuality } from '../../../packages/data/src/filters/gopher-quality.js';
import { gopherRepetition } from '../../../packages/data/src/filters/gopher-repetition.js';
import { loadNltk } from '../../../packages/data/src/node/words/load-nltk.js';
import { Page } from '../../../packages/data/src/page/page.js';

const [texts = '', decisions = '', punkt = ''] = process.argv.slice(2);
const lines = (path: string) => readFileSync(path, 'utf8').trim().split('\n');
const preset = 'fineweb-v1';
const { words, sentences } = await loadNltk(punkt);
const steps = [
  gopherRepetition({ preset, language: words }),
  gopherQuality({ preset, language: words }),
  c4Quality({ sentences }),
  fineWebQuality({ preset, language: words }),
];
const expected = lines(decisions).map(
  (line) => JSON.parse(line) as Record<string, string | boolean | string[]>,
);
const agreed: Record<string, number> = {};
const classes = new Map<string, number>();
let [sameWords, sameSentences] = [0, 0];
for (const [at, line] of lines(texts).entries()) {
  const { text } = JSON.parse(line) as { text: string };
  const row = expected[at]!;
  const compare = (name: string, ours: string | boolean): void => {
    if (row[name] === ours || row[name] === 'error') agreed[name] = (agreed[name] ?? 0) + 1;
    else {
      const difference = `${name}: release ${String(row[name])}, ours ${String(ours)}`;
      classes.set(difference, (classes.get(difference) ?? 0) + 1);
    }
  };
  const reason = (verdict: { kind: string; reason?: string }) =>
    verdict.kind === 'drop' ? verdict.reason! : true;
  for (const step of steps) compare(step.name, reason(step.run(new Page({ content: text }))));
  const page = new Page({ content: text });
  let all: string | boolean = true;
  for (const step of steps) {
    const verdict = step.run(page);
    page.add(verdict);
    if (verdict.kind !== 'drop') continue;
    all = `${step.name}/${verdict.reason}`;
    break;
  }
  compare('all', all);
  if (JSON.stringify(row.words) === JSON.stringify(words(text))) sameWords++;
  if (JSON.stringify(row.sentences) === JSON.stringify(sentences(text))) sameSentences++;
}
process.stdout.write(
  `${expected.length} texts, ${sameWords} with the same words, ${sameSentences} with the same sentences; the same decision and reason: ${JSON.stringify(agreed)}\n`,
);
for (const [difference, count] of [...classes].sort(([, a], [, b]) => b - a))
  process.stdout.write(`${count}  ${difference}\n`);
