/**
 * The extractor on real pages. Its model was trained on them: these are bounds that a broken step falls
 * below; how good it is on pages it has not seen, `tooling/extraction/src/score.ts --folds` says.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../charset/decode-text.js';
import { detectCharset } from '../node/charset/detect-charset.js';
import { type ExtractOptions, extractText } from './extract-text.js';

interface Truth {
  readonly with: readonly string[];
  readonly without: readonly string[];
  readonly main_content?: string | undefined;
}

/** The extracted text and the truth of every `step`-th page of a set. */
function extractSet(
  directory: string,
  step: number,
  options: ExtractOptions,
): { text: string; truth: Truth }[] {
  const index = gunzipSync(readFileSync(join(directory, 'index.jsonl.gz'))).toString('utf8');
  const rows = index
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { offset: number; truth?: Truth | undefined });
  const offsets = rows.map((row) => row.offset).sort((a, b) => a - b);
  const file = openSync(join(directory, 'pages.warc.gz'), 'r');
  const pages = rows
    .filter((row) => row.truth !== undefined)
    .filter((_, at) => at % step === 0)
    .map(({ offset, truth }) => {
      const next = offsets.find((other) => other > offset) ?? offset + (1 << 22);
      const member = Buffer.alloc(next - offset);
      const length = readSync(file, member, 0, member.length, offset);
      const record = gunzipSync(member.subarray(0, length));
      // Two headers, of the record and of the response, each ended by a blank line.
      const start = record.indexOf('\r\n\r\n', record.indexOf('\r\n\r\n') + 4) + 4;
      const html = decodeText(record.subarray(start), { detect: detectCharset })?.text ?? '';
      const result = extractText(html, options);
      return { text: result.kind === 'keep' ? result.text : '', truth: truth! };
    });
  closeSync(file);
  return pages;
}

const collapse = (text: string): string => text.replace(/\s+/g, ' ');

const articles = sharedDataPath('html-trafilatura');
describe.skipIf(articles === undefined)('extractText on articles', () => {
  it('has a segment F of at least 0.9 in precision mode on every tenth page', { timeout: 60_000 }, () => {
    const pages = extractSet(articles ?? '', 10, { mode: 'precision' });
    let [found, missed, extra] = [0, 0, 0];
    for (const { text, truth } of pages) {
      const collapsed = collapse(text);
      const held = truth.with.filter((segment) => collapsed.includes(collapse(segment))).length;
      found += held;
      missed += truth.with.length - held;
      extra += truth.without.filter((segment) => collapsed.includes(collapse(segment))).length;
    }
    expect(pages).toHaveLength(99);
    expect(found + missed).toBeGreaterThan(200);
    expect((2 * found) / (2 * found + missed + extra)).toBeGreaterThanOrEqual(0.9);
  });
});

/** F1 of the bags of words. */
function wordF1(text: string, truth: string): number {
  const words = (of: string): string[] => of.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  const left = new Map<string, number>();
  const wanted = words(truth);
  for (const word of wanted) left.set(word, (left.get(word) ?? 0) + 1);
  const found = words(text);
  let common = 0;
  for (const word of found) {
    const count = left.get(word) ?? 0;
    if (count > 0) common++;
    left.set(word, count - 1);
  }
  return (2 * common) / Math.max(1, found.length + wanted.length);
}

const benchmark = sharedDataPath('html-wcxb');
describe.skipIf(benchmark === undefined)('extractText on pages of seven kinds', () => {
  it('has a word F1 of at least 0.8 on every eighth page', { timeout: 60_000 }, () => {
    const scores = extractSet(benchmark ?? '', 8, {})
      .filter(({ truth }) => truth.main_content !== '')
      .map(({ text, truth }) => wordF1(text, truth.main_content ?? ''));
    expect(scores.length).toBeGreaterThan(60);
    expect(scores.reduce((sum, score) => sum + score, 0) / scores.length).toBeGreaterThanOrEqual(0.8);
  });
});
