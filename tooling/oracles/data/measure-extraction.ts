/**
 * Measures the text extraction on real pages with known main
 * text and prints a table. Run from the repository root:
 *
 *     node --conditions=@llm/source --import tsx tooling/oracles/data/measure-extraction.ts [--worst N]
 *
 * Segment score (html-trafilatura): each page lists strings that must and must not be in the text; precision,
 * recall and F over all strings, white space collapsed, as trafilatura's own evaluation counts them. Word
 * score (html-readability, html-defuddle): F1 of the word multisets of our text and the expected text. Prefix
 * score (html-goose): share of the words of the expected beginning that our text holds.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { extractText, readPage } from '@llm/data';
import { decompressContent, detectCharset, readArchive } from '@llm/data/node';

interface Truth {
  readonly with?: readonly string[] | undefined;
  readonly without?: readonly string[] | undefined;
  readonly expected_html?: string | undefined;
  readonly expected_markdown?: string | undefined;
  readonly cleaned_text?: string | undefined;
}

const worst = process.argv.includes('--worst')
  ? Number(process.argv[process.argv.indexOf('--worst') + 1])
  : 0;

async function load(set: string): Promise<{ file: string; url: string; html: string; truth: Truth }[]> {
  const directory = sharedDataPath(set);
  if (directory === undefined) return [];
  const index = gunzipSync(readFileSync(`${directory}/index.jsonl.gz`))
    .toString('utf8')
    .trim()
    .split('\n');
  const rows = index.map(
    (line) => JSON.parse(line) as { file: string; url: string; offset: number; truth?: Truth | undefined },
  );
  const byOffset = new Map(rows.map((row) => [row.offset, row]));
  const pages = [];
  for await (const item of readArchive(`${directory}/pages.warc.gz`)) {
    if (item.kind !== 'record') continue;
    const row = byOffset.get(item.record.offset);
    if (row?.truth === undefined) continue;
    const outcome = readPage(item.record, { decompress: decompressContent, detectCharset });
    if (outcome.kind === 'keep')
      pages.push({ file: row.file, url: row.url, html: outcome.page.content, truth: row.truth });
  }
  return pages;
}

function words(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu))
    counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

function overlap(
  a: Map<string, number>,
  b: Map<string, number>,
): { f1: number; precision: number; recall: number } {
  let common = 0;
  for (const [word, count] of a) common += Math.min(count, b.get(word) ?? 0);
  const total = (counts: Map<string, number>): number =>
    [...counts.values()].reduce((sum, count) => sum + count, 0);
  const precision = total(a) === 0 ? 0 : common / total(a);
  const recall = total(b) === 0 ? 0 : common / total(b);
  return {
    f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall),
    precision,
    recall,
  };
}

const strip = (html: string): string =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&nbsp;/g, ' ')
    .replace(/&amp;/g, '&');
const plain = (markdown: string): string =>
  markdown
    .replace(/^```json\n[\s\S]*?\n```\n/, '')
    .replace(/!\[[^\]]*\]\([^)]*\)/g, ' ')
    .replace(/\]\([^)]*\)/g, ' ')
    .replace(/<[^>]*>/g, ' ');
const collapse = (text: string): string => text.replace(/\s+/g, ' ');
const text = (html: string): string => {
  const result = extractText(html);
  return result.kind === 'keep' ? result.text : '';
};

const lines: string[] = [];
{
  let [tp, fp, fn, tn, milliseconds] = [0, 0, 0, 0, 0];
  const misses: { file: string; bad: number; detail: string }[] = [];
  const pages = await load('html-trafilatura');
  for (const page of pages) {
    const started = performance.now();
    const raw = text(page.html);
    milliseconds += performance.now() - started;
    const result = collapse(raw);
    const missed = (page.truth.with ?? []).filter((segment) => !result.includes(collapse(segment)));
    const extra = (page.truth.without ?? []).filter((segment) => result.includes(collapse(segment)));
    tp += (page.truth.with?.length ?? 0) - missed.length;
    fn += missed.length;
    fp += extra.length;
    tn += (page.truth.without?.length ?? 0) - extra.length;
    const detail = [...missed.map((s) => `    MISS ${s}`), ...extra.map((s) => `    EXTRA ${s}`)].join('\n');
    misses.push({ file: page.file, bad: missed.length + extra.length, detail });
  }
  const precision = tp / (tp + fp);
  const recall = tp / (tp + fn);
  const f = (2 * precision * recall) / (precision + recall);
  lines.push(
    `html-trafilatura  ${pages.length} pages  precision ${precision.toFixed(3)}  recall ${recall.toFixed(3)}  F ${f.toFixed(3)}  ` +
      `accuracy ${((tp + tn) / (tp + tn + fp + fn)).toFixed(3)}  ${Math.round((pages.length / milliseconds) * 1000)} pages/s`,
  );
  for (const miss of misses.sort((a, b) => b.bad - a.bad).slice(0, worst))
    lines.push(`  ${miss.file}\n${miss.detail}`);
}
for (const [set, expected] of [
  [
    'html-readability',
    (truth: Truth) => (truth.expected_html === undefined ? undefined : strip(truth.expected_html)),
  ],
  [
    'html-defuddle',
    (truth: Truth) => (truth.expected_markdown === undefined ? undefined : plain(truth.expected_markdown)),
  ],
  ['html-goose', (truth: Truth) => truth.cleaned_text],
] as const) {
  const scores: { file: string; f1: number; precision: number; recall: number }[] = [];
  for (const page of await load(set)) {
    const truth = expected(page.truth);
    if (truth === undefined || truth.trim() === '') continue;
    const score = overlap(words(text(page.html)), words(truth));
    scores.push({ file: page.file, ...score });
  }
  if (scores.length === 0) continue;
  const mean = (key: 'f1' | 'precision' | 'recall'): number =>
    scores.reduce((sum, score) => sum + score[key], 0) / scores.length;
  const median = [...scores].sort((a, b) => a.f1 - b.f1)[Math.floor(scores.length / 2)]?.f1 ?? 0;
  lines.push(
    set === 'html-goose'
      ? `${set}  ${scores.length} pages  recall of the expected beginning ${mean('recall').toFixed(3)}`
      : `${set}  ${scores.length} pages  mean F1 ${mean('f1').toFixed(3)}  median F1 ${median.toFixed(3)}  ` +
          `precision ${mean('precision').toFixed(3)}  recall ${mean('recall').toFixed(3)}`,
  );
  const key = set === 'html-goose' ? 'recall' : 'f1';
  for (const score of scores.sort((a, b) => a[key] - b[key]).slice(0, worst)) {
    lines.push(
      `  ${score.file}  F1 ${score.f1.toFixed(2)} P ${score.precision.toFixed(2)} R ${score.recall.toFixed(2)}`,
    );
  }
}
process.stdout.write(`${lines.join('\n')}\n`);
