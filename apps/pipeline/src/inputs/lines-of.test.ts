import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { linesOf } from './lines-of.js';

const folder = mkdtempSync(join(tmpdir(), 'llm-lines-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a line that a small gzip file grows to is refused before it takes all memory', async () => {
  const path = join(folder, 'chats.jsonl.gz');
  const long = gzipSync(Buffer.alloc(1e8, 'a'));
  writeFileSync(path, Buffer.concat([gzipSync('one\ntwo\n'), long]));
  const lines: string[] = [];
  const read = async (): Promise<void> => {
    for await (const line of linesOf(path)) lines.push(line);
  };
  await expect(read()).rejects.toMatchObject({
    code: 'pipeline/conversations-unreadable',
    details: { line: 2 },
  });
  expect(lines).toEqual(['one', 'two']);
});
