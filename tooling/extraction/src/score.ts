/**
 * Scores extracted texts against the known main text of real pages, by page type and by set.
 *
 *     node --conditions=@llm/source --import tsx tooling/extraction/src/score.ts [--texts FILE] [--mode MODE]
 *         [--worst N] [--dump FILE] [--folds DIR] [--set SET] [--benchmark DIR]
 *
 * Without `--texts` this project's extractor runs; with `--folds` each page is judged by the
 * model of `train.ts` that was trained without its host. FILE holds a line
 * `{ set, file, text }` for every page, as `extractors.py` writes for the peers; `--dump`
 * writes the pages that it reads. Scores: html-wcxb, -readability and -defuddle: F1 of words
 * (word-score.ts); html-goose: share of the words of the expected beginning; html-trafilatura:
 * F over strings that must and must not be in the text, as trafilatura's evaluation counts. `--benchmark`
 * adds the other development pages of WCXB from a clone of its repository. The last line weighs the types of
 * pages as the benchmark's test does: half of it is articles, of html-wcxb a seventh.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { blockModel, readModel } from '../../../packages/data/src/extraction/block-model.js';
import type { ExtractionMode } from '../../../packages/data/src/extraction/choose-content.js';
import { mainContent } from '../../../packages/data/src/extraction/main-content.js';
import { parsePage } from '../../../packages/data/src/extraction/page-tree.js';
import { benchmarkPages } from './benchmark-pages.js';
import { folds, loadPages, type RealPage } from './real-pages.js';
import { wordScore } from './word-score.js';

const { values } = parseArgs({
  options: {
    texts: { type: 'string' },
    dump: { type: 'string' },
    folds: { type: 'string' },
    set: { type: 'string' },
    save: { type: 'string' },
    worst: { type: 'string', default: '0' },
    mode: { type: 'string', default: 'balanced' },
    benchmark: { type: 'string' },
  },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const pages: RealPage[] = [];
for (const set of ['html-wcxb', 'html-trafilatura', 'html-readability', 'html-defuddle', 'html-goose']) {
  if (values.set === undefined || values.set === set) pages.push(...(await loadPages(set)));
}
if (values.benchmark !== undefined) {
  const known = new Set((await loadPages('html-wcxb')).map((page) => page.file));
  pages.push(...benchmarkPages(values.benchmark, known));
}
if (values.dump !== undefined) {
  writeFileSync(
    values.dump,
    pages.map(({ set, file, html }) => JSON.stringify({ set, file, html })).join('\n'),
  );
  process.exit(0);
}
const texts = new Map<string, string>();
let milliseconds = 0;
if (values.texts === undefined) {
  const models = Array.from({ length: folds }, (_, fold) =>
    values.folds === undefined ? blockModel() : readModel(readFileSync(`${values.folds}/fold-${fold}.bin`)),
  );
  for (const page of pages) {
    const start = process.cpuUsage();
    const tree = parsePage(page.html);
    let text = '';
    if (tree !== undefined) {
      const mode = values.mode as ExtractionMode;
      text = mainContent(tree, page.html, { mode, model: models[page.fold]! }).text;
    }
    const { user, system } = process.cpuUsage(start);
    milliseconds += (user + system) / 1000;
    texts.set(`${page.set} ${page.file}`, text);
  }
  say(
    `${pages.length} pages, ${(pages.length / (milliseconds / 1000)).toFixed(0)} pages/s of processor time`,
  );
} else {
  for (const line of readFileSync(values.texts, 'utf8').trim().split('\n')) {
    const row = JSON.parse(line) as { set: string; file: string; text: string };
    texts.set(`${row.set} ${row.file}`, row.text);
  }
}
const collapse = (text: string): string => text.replace(/\s+/g, ' ');
if (values.save !== undefined) {
  const lines = pages.map(({ set, file }) =>
    JSON.stringify({ set, file, text: texts.get(`${set} ${file}`) }),
  );
  writeFileSync(values.save, lines.join('\n'));
}
const mean = (list: readonly number[]): number =>
  list.reduce((sum, one) => sum + one, 0) / Math.max(1, list.length);
const scores = new Map<string, { page: RealPage; f1: number; precision: number; recall: number }[]>();
let [found, missed, extra] = [0, 0, 0];
for (const page of pages) {
  const text = texts.get(`${page.set} ${page.file}`) ?? '';
  if (page.text === undefined) {
    const collapsed = collapse(text);
    const held = page.with.filter((segment) => collapsed.includes(collapse(segment))).length;
    found += held;
    missed += page.with.length - held;
    extra += page.without.filter((segment) => collapsed.includes(collapse(segment))).length;
    continue;
  }
  const score = wordScore(text, page.text);
  for (const group of page.set.includes('wcxb') ? [page.set, `${page.set} ${page.type}`] : [page.set]) {
    const list = scores.get(group) ?? [];
    list.push({ page, ...score });
    scores.set(group, list);
  }
}
for (const [group, list] of [...scores].sort()) {
  const column = (key: 'f1' | 'precision' | 'recall'): string =>
    mean(list.map((score) => score[key])).toFixed(4);
  say(
    `${group.padEnd(26)} ${String(list.length).padStart(4)} pages  F1 ${column('f1')}  P ${column('precision')}  R ${column('recall')}`,
  );
}
if (found + missed > 0) {
  const precision = found / (found + extra);
  const recall = found / (found + missed);
  say(
    `html-trafilatura segments   F ${((2 * precision * recall) / (precision + recall)).toFixed(4)}  P ${precision.toFixed(4)}  R ${recall.toFixed(4)}`,
  );
}
/** Of the test's 511 pages, by the benchmark's README. */
const testTypes = {
  article: 257,
  service: 59,
  forum: 51,
  documentation: 42,
  listing: 40,
  collection: 34,
  product: 28,
};
const byType = Object.entries(testTypes).map(([type, share]) => {
  const list = ['html-wcxb', 'wcxb-dev'].flatMap((set) => scores.get(`${set} ${type}`) ?? []);
  return { type, share, count: list.length, f1: mean(list.map((score) => score.f1)) };
});
if (byType.every(({ count }) => count > 0)) {
  const weighted = byType.reduce((sum, { share, f1 }) => sum + share * f1, 0) / 511;
  const types = byType.map(({ type, f1 }) => `${type} ${f1.toFixed(3)}`).join(', ');
  say(`WCXB in the test's mix of types  F1 ${weighted.toFixed(4)} (${types})`);
}
for (const { page, f1, precision, recall } of (scores.get('html-wcxb') ?? [])
  .sort((a, b) => a.f1 - b.f1)
  .slice(0, Number(values.worst))) {
  say(
    `  ${f1.toFixed(2)} (P ${precision.toFixed(2)} R ${recall.toFixed(2)}) ${page.type} ${page.file} ${page.url}`,
  );
}
