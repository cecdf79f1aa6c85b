import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { DataInput, InputItem, InputLimits } from './data-input.js';
import { readInput } from './read-input.js';

const folder = mkdtempSync(join(tmpdir(), 'llm-inputs-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function itemsOf(
  kind: DataInput['kind'],
  content: string | Uint8Array,
  limits: InputLimits = {},
): Promise<string[]> {
  const path = join(folder, 'input');
  writeFileSync(path, content);
  const items: string[] = [];
  for await (const item of readInput({ kind, path }, limits, () => undefined)) items.push(shown(item));
  return items;
}

function shown(item: InputItem): string {
  if (item.kind === 'keep') return item.page.content;
  return item.kind === 'drop'
    ? `${item.recordType}: ${item.reason} ${item.metadata?.line ?? ''}`.trim()
    : item.kind;
}

const row = (text: string): string => `${JSON.stringify({ text })}\n`;

describe('a line that is longer than a page', () => {
  test('of JSON is dropped once, with its number, and those around it are read', async () => {
    const content = row('one') + row('x'.repeat(5e6)) + row('three');
    for (const bytes of [content, gzipSync(content)])
      expect(await itemsOf('jsonl', bytes, { maxPageBytes: 1000 })).toEqual([
        'one',
        'line: too-large 2',
        'three',
      ]);
    expect(await itemsOf('jsonl', row('x'.repeat(2000)).trim(), { maxPageBytes: 1000 })).toEqual([
      'line: too-large 1',
    ]);
  });

  test('of text is cut between words, or between characters, and nothing of it is lost', async () => {
    const words = 'word and '.repeat(40).trim();
    const pages = await itemsOf('text', `${words}\n\nend`, { maxPageBytes: 100, documentCharacters: 5 });
    expect(pages.join(' ')).toBe(`${words} end`);
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(100);
    const pairs = '😀'.repeat(200);
    const cut = await itemsOf('text', pairs, { maxPageBytes: 101 });
    expect(cut.join('')).toBe(pairs);
    expect(cut.map(encodeURIComponent)).toHaveLength(4);
  });

  test('40 MB of zeros in 40 KB are never held whole', async () => {
    const bomb = gzipSync(Buffer.alloc(4e7, 'a'));
    expect(await itemsOf('jsonl', bomb)).toEqual(['line: too-large 1']);
    const pages = await itemsOf('text', bomb, { maxPageBytes: 2 ** 20 });
    expect(pages.map(({ length }) => length).reduce((sum, length) => sum + length, 0)).toBe(4e7);
    expect(Math.max(...pages.map(({ length }) => length))).toBe(2 ** 20);
  });
});

test('a gzip file that was cut is counted, and what came before is read', async () => {
  const lines = Array.from({ length: 3000 }, (_, i) => row(`line ${i} ${Math.sin(i)}`));
  const whole = gzipSync(lines.join(''));
  for (const kind of ['jsonl', 'text'] as const) {
    const items = await itemsOf(kind, whole.subarray(0, whole.length - 2000));
    expect(items.join('\n')).toContain('line 0 ');
    expect(items).toContain('damaged: truncated');
    const flipped = Buffer.from(whole);
    flipped[whole.length - 5]! ^= 1;
    expect(await itemsOf(kind, flipped)).toContain('damaged: corrupt');
  }
});
