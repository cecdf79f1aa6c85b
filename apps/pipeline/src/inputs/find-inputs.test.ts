import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, test } from 'vitest';
import { findInputs } from './find-inputs.js';
import { checkUnchanged, describeAgain, describeInput, type InputFile } from './input-file.js';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'llm-inputs-'));
});

const file = (name: string, content: string | Uint8Array = 'A text.\n'): string => {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
};
const nameOf = (path: string): string => relative(directory, path).split(sep).join('/');
const names = (kind: InputFile['kind'], ...given: string[]): string[] =>
  findInputs(
    kind,
    given.map((name) => (name.includes('://') ? name : join(directory, name))),
  ).files.map(({ path }) => nameOf(path));
const row = '{"text": "A text."}\n';

describe('folders and patterns', () => {
  beforeEach(() => {
    for (const name of ['b.txt', 'a.md', 'deep/er/c.txt.gz', 'deep/d.TXT']) file(name);
    for (const name of ['.hidden.txt', '.git/e.txt', 'picture.png', 'deep/notes.doc']) file(name);
  });

  test('a folder gives the files that are called so, in the order of their paths', () => {
    const { files, passedOver } = findInputs('text', [directory]);
    expect(files.map(({ path }) => nameOf(path))).toEqual([
      'a.md',
      'b.txt',
      'deep/d.TXT',
      'deep/er/c.txt.gz',
    ]);
    expect(passedOver).toEqual({ 'another kind of name': 2 });
  });

  test('a pattern gives what the shell would, and ** what is below', () => {
    expect(names('text', '*.txt')).toEqual(['b.txt']);
    expect(names('text', '{a,b}.*')).toEqual(['a.md', 'b.txt']);
    expect(names('text', '**/*.{txt,TXT}')).toEqual(['b.txt', 'deep/d.TXT']);
    // A folder that a pattern matches is a folder that was named.
    expect(names('text', 'd*')).toEqual(['deep/d.TXT', 'deep/er/c.txt.gz']);
    expect(() => names('text', '*.text')).toThrow(/\*\.text: no file matches the pattern/);
  });

  test('a file whose name looks like a pattern is that file', () => {
    file('notes[1].txt');
    expect(names('text', 'notes[1].txt')).toEqual(['notes[1].txt']);
  });

  test('what is named twice is read once, in the order it was named', () => {
    expect(names('text', 'b.txt', './b.txt', '*.md', '')).toEqual([
      'b.txt',
      'a.md',
      'deep/d.TXT',
      'deep/er/c.txt.gz',
    ]);
  });

  test('a folder without fitting files says what there is', () => {
    mkdirSync(join(directory, 'empty'));
    expect(() => names('text', 'empty')).toThrow(/no file in this folder is called \*\.txt.*\(it is empty\)/);
    expect(() => names('warc', 'deep')).toThrow(
      /called \*\.warc.*it holds 3 other files, the first .*d\.TXT/,
    );
  });

  test('in a folder, a file of another form than its name says is passed over and counted', () => {
    file('scan.txt', '%PDF-1.7\n...');
    const { files, passedOver, notes } = findInputs('text', [directory]);
    expect(files).toHaveLength(4);
    expect(passedOver).toEqual({ 'another kind of name': 2, 'another form than its name says': 1 });
    expect(notes).toEqual([expect.stringMatching(/^passed over: .*scan\.txt: it is a PDF/)]);
    expect(() => names('text', 'scan.txt')).toThrow('it is a PDF');
  });
});

describe('each mistake has its own sentence', () => {
  test.each([
    [
      'a URL',
      'conversations',
      'https://example.org/a.jsonl',
      /it is a URL, and https: is not read here.*curl/,
    ],
    ['another URL', 'conversations', 's3://bucket/docs.jsonl', /it is a URL, and s3: is not read here/],
  ] as const)('%s', (_, kind, given, message) => {
    expect(() => findInputs(kind, [given])).toThrow(message);
  });

  test('standard input, a pipe, a device, a directory in between', () => {
    expect(() => findInputs('text', ['-'])).toThrow('standard input is not read');
    expect(() => names('text', 'none.txt')).toThrow('there is no such file');
    // Windows has neither pipes nor devices among its files.
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    expect(() => names('text', 'pipe')).toThrow('it is a pipe, which can be read only once');
    expect(() => findInputs('text', ['/dev/null'])).toThrow('it is a device');
    file('a.txt');
    expect(() => names('text', 'a.txt/b.txt')).toThrow('a part of the path is not a directory');
  });

  const zeros = (start: string): Buffer => Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(64)]);
  const tar = Buffer.alloc(1024);
  tar.write('ustar', 257);
  test.each([
    ['Parquet', 'text', zeros('PAR1'), /a Parquet file. Give it as --parquet/],
    ['Parquet as JSON lines', 'jsonl', zeros('PAR1'), /Parquet/],
    ['Parquet as a crawl', 'warc', zeros('PAR1'), /Parquet/],
    ['Parquet as conversations', 'conversations', zeros('PAR1'), /Parquet/],
    ['a Word document', 'text', zeros('PK\x03\x04'), /ZIP archive/],
    ['a picture', 'text', zeros('\x89PNG\r\n'), /picture/],
    ['a picture as a crawl', 'warc', zeros('\xff\xd8\xff\xe0'), /picture/],
    ['Zstandard', 'conversations', zeros('\x28\xb5\x2f\xfd'), /Zstandard; only gzip is read.*zstd -d/],
    ['text as Parquet', 'parquet', 'id,text\n', /not a Parquet file: it begins "id,text/],
    ['a table without that column', 'csv', 'id,"body"\n1,x\n', /names no column "text".*"id", "body"/],
    ['Parquet as a table', 'csv', zeros('PAR1'), /Parquet/],
    ['a tar archive inside gzip', 'text', gzipSync(tar), /tar archive/],
    ['any bytes', 'text', Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 37) % 256)), /binary file/],
    ['any bytes inside gzip', 'text', gzipSync(Buffer.alloc(3000)), /binary file/],
    ['UTF-16 with a mark', 'text', Buffer.from('\ufeffText', 'utf16le'), /UTF-16.*iconv/],
    ['UTF-16 without', 'text', Buffer.from('A longer text.', 'utf16le'), /UTF-16/],
    ['a JSON array', 'jsonl', '[\n  {"text": "a"},\n  {"text": "b"}\n]\n', /one JSON array.*jq -c/],
    ['a JSON array on one line', 'conversations', '[{"messages": []}]', /one JSON array/],
    ['indented JSON', 'conversations', '{\n  "messages": []\n}\n', /spread over several lines/],
    ['CSV', 'jsonl', 'id,text\n1,hello\n2,ho\n', /not JSON lines.*begins "id,text"/],
    ['another field', 'jsonl', '{"content": "x", "n": 1}\n', /"text"\. Name.*--text-field.*"content"/],
    ['no field', 'jsonl', '{"n": 1}\n', /no(ne| field).*No field of them holds text/],
  ] as const)('%s (--%s)', (_, kind, content, message) => {
    const path = file('input', content);
    expect(() => findInputs(kind, [path])).toThrow(message);
    expect(() => findInputs(kind, [path])).toThrow(`Cannot use --${kind} ${path}`);
  });

  test.each([
    ['text with other letters', 'text', 'Grüße, 日本語, \u{1f600}\r\n\tend\f'],
    ['text with a stray zero', 'text', `${'word '.repeat(500)}\0`],
    ['Latin-1', 'text', Buffer.from('Grüße aus Köln', 'latin1')],
    ['a cut row among others', 'jsonl', `${row}{"text": "c\n${row}`],
    ['a mark of the byte order', 'jsonl', `\ufeff${row}`],
    ['one row without its end', 'jsonl', '{"text": "A text."}'],
    ['a row that is longer than what is looked at', 'jsonl', JSON.stringify({ text: 'x'.repeat(1e5) })],
    ['gzip under another name', 'jsonl', gzipSync(row)],
    ['an empty file', 'text', ''],
    ['Zstandard, which its reader knows', 'jsonl', zeros('\x28\xb5\x2f\xfd')],
    ['Parquet', 'parquet', zeros('PAR1')],
    ['a table', 'csv', 'id,"text"\r\n1,x\r\n'],
    ['plain text as a crawl, whose reader counts it', 'warc', 'hello\n'.repeat(100)],
  ] as const)('%s is taken (--%s)', (_, kind, content) => {
    expect(findInputs(kind, [file('input', content)]).files).toHaveLength(1);
  });

  test('a file that is no archive is a mistake alone, and counted as damage among archives', () => {
    const picture = file('a.warc', zeros('\x89PNG'));
    expect(() => findInputs('warc', [picture])).toThrow('picture');
    const { files, notes } = findInputs('warc', [picture, file('b.warc', 'WARC/1.0\r\n')]);
    expect(files).toHaveLength(2);
    expect(notes).toEqual([
      expect.stringMatching(/^warning: .*a\.warc: it is a picture.*counted as damaged/),
    ]);
  });

  test('--text-field names the field', () => {
    const path = file('docs.jsonl', '{"content": "x", "text": 7}\n');
    expect(findInputs('jsonl', [path], 'content').files).toMatchObject([{ path, field: 'content' }]);
    expect(() => findInputs('jsonl', [path], 'body')).toThrow('a text in a field "body"');
  });
});

describe('what a file is known by', () => {
  test('a path, a file: URL and a link are the same file', () => {
    const path = file('a.txt');
    symlinkSync(path, join(directory, 'link'));
    expect(findInputs('text', [pathToFileURL(path).href]).files[0]?.path).toBe(path);
    expect(describeInput('text', join(directory, 'link')).digest).toBe(describeInput('text', path).digest);
  });

  test('other content of the same size and time is noticed; a touched or copied file is the same', () => {
    const path = file('a.txt', 'one content');
    const known = describeInput('text', path);
    utimesSync(path, 1, 1);
    expect(describeAgain(known)).toEqual({ ...known, modified: 1000 });
    checkUnchanged([known]);
    writeFileSync(path, 'ONE content');
    utimesSync(path, known.modified / 1000, known.modified / 1000);
    expect(describeAgain(known).digest).not.toBe(known.digest);
    writeFileSync(path, 'longer content');
    expect(() => checkUnchanged([known])).toThrow(
      /a\.txt changed while the run was at work \(11 bytes then, 14/,
    );
  });

  test('a large file is known by pieces of it and its time', () => {
    const content = Buffer.alloc(17 * 1024 * 1024, 'text ');
    const path = file('large.txt', content);
    const known = describeInput('text', path);
    expect(describeInput('text', path)).toEqual(known);
    content.write('TEXT', content.length - 10);
    writeFileSync(path, content);
    utimesSync(path, known.modified / 1000, known.modified / 1000);
    expect(describeInput('text', path).digest).not.toBe(known.digest);
  });

  test('one that is gone is as it was: perhaps nobody needs it any more', () => {
    const known = { ...describeInput('text', file('a.txt')), path: join(directory, 'gone.txt') };
    expect(describeAgain(known)).toEqual(known);
    expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe('A text.\n');
  });
});
