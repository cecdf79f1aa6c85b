import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../charset/decode-text.js';
import { detectCharset } from '../node/charset/detect-charset.js';
import { extractText } from './extract-text.js';

interface Row {
  readonly offset: number;
  readonly truth?: { readonly with: readonly string[]; readonly without: readonly string[] } | undefined;
}

const directory = sharedDataPath('html-trafilatura');
const collapse = (text: string): string => text.replace(/\s+/g, ' ');

/** Real pages of trafilatura's evaluation: strings that must and must not be in the main text. */
describe.skipIf(directory === undefined)('extractText on real pages', () => {
  it('has a segment F of at least 0.85 on every tenth page', { timeout: 60_000 }, () => {
    const index = gunzipSync(readFileSync(join(directory ?? '', 'index.jsonl.gz'))).toString('utf8');
    const rows = index
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
    const offsets = rows.map((row) => row.offset).sort((a, b) => a - b);
    const file = openSync(join(directory ?? '', 'pages.warc.gz'), 'r');
    let [found, missed, extra, pages] = [0, 0, 0, 0];
    for (const { offset, truth } of rows
      .filter((row) => row.truth !== undefined)
      .filter((_, at) => at % 10 === 0)) {
      const next = offsets.find((other) => other > offset) ?? offset + (1 << 22);
      const member = Buffer.alloc(next - offset);
      const length = readSync(file, member, 0, member.length, offset);
      const record = gunzipSync(member.subarray(0, length));
      // Two headers, of the record and of the response, each ended by a blank line.
      const start = record.indexOf('\r\n\r\n', record.indexOf('\r\n\r\n') + 4) + 4;
      const html = decodeText(record.subarray(start), { detect: detectCharset })?.text ?? '';
      const result = extractText(html);
      const text = result.kind === 'keep' ? collapse(result.text) : '';
      const wanted = (truth?.with ?? []).filter((segment) => text.includes(collapse(segment))).length;
      found += wanted;
      missed += (truth?.with.length ?? 0) - wanted;
      extra += (truth?.without ?? []).filter((segment) => text.includes(collapse(segment))).length;
      pages++;
    }
    closeSync(file);
    expect(pages).toBe(99);
    expect(found + missed).toBeGreaterThan(200);
    expect((2 * found) / (2 * found + missed + extra)).toBeGreaterThanOrEqual(0.85);
  });
});
