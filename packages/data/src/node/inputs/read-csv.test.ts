import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCsv } from './read-csv.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llm-csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function rowsOf(
  content: string | Uint8Array,
  name = 'a.csv',
  maxPageBytes?: number,
): Promise<unknown[]> {
  const path = join(folder, name);
  await writeFile(path, content);
  const rows: unknown[] = [];
  for await (const item of readCsv(path, 'text', { maxPageBytes }, () => undefined)) {
    if (item.kind === 'keep') rows.push({ text: item.page.content, ...item.page.metadata });
    else if (item.kind === 'drop') rows.push(`${item.reason} ${item.metadata?.row ?? ''}`.trim());
  }
  return rows;
}

// csv.DictReader of Python 3.11 gives these rows of it, but for their numbers and the empty last field.
const content =
  '\ufeffid,text,url\r\n1,"One, with a ""quote"" and\r\na line end",https://a.example/\r\n2,plain ключ 😀,\r\n\r\n3," kept blanks ",https://b.example/\r\n';
const rows = [
  { text: 'One, with a "quote" and\r\na line end', id: '1', url: 'https://a.example/', row: 0 },
  { text: 'plain ключ 😀', id: '2', url: '', row: 1 },
  { text: ' kept blanks ', id: '3', url: 'https://b.example/', row: 2 },
];

test('quotes, line ends inside them, a byte order mark and empty lines, plain and gzip, at once and in pieces', async () => {
  expect(await rowsOf(content)).toEqual(rows);
  expect(await rowsOf(gzipSync(content), 'a.csv.gz')).toEqual(rows);
  const long = `id,text\n${Array.from({ length: 40_000 }, (_, id) => `${id},"text ""${id}"" \n"`).join('\n')}`;
  const found = (await rowsOf(long)) as { text: string; id: string }[];
  expect(found.length).toBe(40_000);
  expect(found.every(({ text, id }, index) => id === String(index) && text === `text "${id}" \n`)).toBe(true);
});

test('tabs divide a .tsv file', async () => {
  expect(await rowsOf('text\tid\nOne, two\t7\n', 'a.tsv')).toEqual([{ text: 'One, two', id: '7', row: 0 }]);
});

test('ragged, empty and overlong records are counted, and those around them are read', async () => {
  const text = `id,text\n1\n2,two,more\n3,\n4,${'long '.repeat(100)}\n5,five\n`;
  expect(await rowsOf(text, 'ragged.csv', 100)).toEqual([
    'no-text 0',
    { text: 'two', id: '2', column3: 'more', row: 1 },
    'empty-body 2',
    'too-large 3',
    { text: 'five', id: '5', row: 4 },
  ]);
});

test('a quote that never ends costs what is too long for a record, and is said', async () => {
  const lines = Array.from({ length: 1000 }, (_, id) => `${id},line ${id}\n`).join('');
  const found = await rowsOf(`id,text\n1,one\n2,"never closed\n${lines}`, 'open.csv', 1000);
  expect(found.slice(0, 2)).toEqual([{ text: 'one', id: '1', row: 0 }, 'too-large 1']);
  expect(found.at(-1)).toMatchObject({ text: 'line 999', id: '999' });
  // All but the record, at most 2,001 units of it, and the rest of the line it was given up in.
  expect(found.length).toBeGreaterThan(1000 - 2100 / '9,line 9\n'.length);
});

test('quotes are marks only where a field begins, as in Python', async () => {
  const text = 'id,text\n1,5" pipe\n2,"a"b"c"\n3,"x" ,y\n';
  // list(csv.reader(…)): ['1', '5" pipe'], ['2', 'ab"c"'], ['3', 'x ', 'y']
  expect(await rowsOf(text)).toMatchObject([
    { text: '5" pipe' },
    { text: 'ab"c"' },
    { text: 'x ', column3: 'y' },
  ]);
});

test('without such a column it is an error that names those there are', async () => {
  await expect(rowsOf('id,body\n1,x\n')).rejects.toMatchObject({ code: 'data/field-missing' });
  await expect(rowsOf('id,body\n1,x\n')).rejects.toThrow(/"id", "body"/);
  expect(await rowsOf('')).toEqual([]);
});
