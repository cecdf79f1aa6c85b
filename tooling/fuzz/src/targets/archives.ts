import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { decodeText, readPage } from '@llm/data';
import { decompressContent, detectCharset, readArchive } from '@llm/data/node';
import { inflateSource } from '../../../../packages/data/src/node/files/inflate-source.js';
import { readInput } from '../../../../packages/data/src/node/inputs/read-input.js';
import { bytesOf, type FuzzTarget } from '../fuzz-target.js';
import { scratchFolder, writeFiles } from '../in-folder.js';

const http = (headers: string, body: string): string => `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${body}`;
const page =
  '<!doctype html><html><head><meta charset="utf-8"><title>Mill</title></head><body><nav><a href="/">Home</a></nav><article><h1>The mill</h1><p>The river rises in the hills above the town &amp; runs past an old mill on its way to the sea.<ul><li>one<li>two</ul><table><tr><td>1<td>2</table></article><script>x("</p>")</script></body></html>';
const recordOf = (type: string, block: Uint8Array): Uint8Array =>
  Buffer.concat([
    bytesOf(
      `WARC/1.0\r\nWARC-Type: ${type}\r\nWARC-Target-URI: https://example.org/a\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: ${block.length}\r\n\r\n`,
    ),
    block,
    bytesOf('\r\n\r\n'),
  ]);
const coded = (coding: string, body: Uint8Array): Uint8Array =>
  Buffer.concat([bytesOf(http(`Content-Type: text/html\r\nContent-Encoding: ${coding}`, '')), body]);
const archive = [
  recordOf('warcinfo', bytesOf('software: x\r\n')),
  recordOf('response', bytesOf(http('Content-Type: text/html; charset=utf-8', page))),
  recordOf(
    'response',
    bytesOf(http('Content-Type: text/html\r\nTransfer-Encoding: chunked', `5\r\n<p>Hi\r\n0\r\n\r\n`)),
  ),
  recordOf('response', coded('gzip', gzipSync(page))),
  recordOf('response', coded('br', brotliCompressSync(page))),
];
const plain = Buffer.concat(archive);
const arc = `filedesc://x.arc 0.0.0.0 20200101000000 text/plain 76\n1 0 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n\nhttp://example.org/ 1.2.3.4 20200101000000 text/html ${http('Content-Type: text/html', page).length}\n${http('Content-Type: text/html', page)}\n`;

const meta = (charset: string, text: string): Uint8Array =>
  Buffer.concat([bytesOf(`<meta charset="${charset}"><p>`), Buffer.from(text, 'latin1')]);

const frames = new URL('../../../../packages/data/src/node/files/fixtures/', import.meta.url);
const lines =
  '{"text":"The bell \\u2019 rings","id":"a1","metadata":{"source":"x","n":[1,2.5e3]}}\n{"text":"two"}\n';

async function readAll(kind: 'jsonl' | 'text', bytes: Uint8Array): Promise<void> {
  writeFiles(folder, { input: bytes });
  const items = readInput({ kind, path: join(folder, 'input') }, {}, () => undefined);
  for await (const item of items) if (item.kind === 'no-page') throw new Error('a line that is nothing');
}

const folder = scratchFolder('archives');
/** More than is inflated in one piece: 20 MB in 20 KB. */
const bomb = gzipSync(Buffer.alloc(2e7));

export const archiveTargets: readonly FuzzTarget[] = [
  {
    name: 'warc',
    seeds: {
      plain,
      members: Buffer.concat(archive.map((record) => gzipSync(record))),
      'one member': gzipSync(plain),
      arc: bytesOf(arc),
    },
    run: async (bytes) => {
      writeFiles(folder, { 'fuzz.warc': bytes });
      for await (const item of readArchive(join(folder, 'fuzz.warc')))
        if (item.kind === 'record') readPage(item.record, { decompress: decompressContent, detectCharset });
    },
  },
  {
    name: 'gzip members',
    seeds: { bomb, members: Buffer.concat([gzipSync('a'), gzipSync(''), gzipSync(page)]) },
    run: async (bytes) => {
      let largest = 0;
      let consumed = 0;
      for await (const part of inflateSource(
        inPieces(bytes),
        () => true,
        (count) => (consumed = count),
      ))
        if (part.kind === 'bytes') largest = Math.max(largest, part.bytes.length);
      if (largest > 2 ** 25) throw new Error(`a part of ${largest} bytes`);
      if (consumed !== bytes.length) throw new Error(`${consumed} of ${bytes.length} bytes were dealt with`);
    },
  },
  {
    name: 'frames',
    seeds: Object.fromEntries(
      [
        'frames.warc.zst',
        'dictionary.warc.zst',
        'packed-dictionary.warc.zst',
        'frames.warc.lz4',
        'linked.warc.lz4',
      ].map((name) => [name, readFileSync(new URL(name, frames))]),
    ),
    run: async (bytes) => {
      let consumed = 0;
      for await (const part of inflateSource(
        inPieces(bytes),
        () => true,
        (count) => (consumed = count),
      ))
        if (part.kind === 'bytes' && part.bytes.length > 2 ** 25) throw new Error('a part that is too long');
      if (consumed !== bytes.length) throw new Error(`${consumed} of ${bytes.length} bytes were dealt with`);
    },
  },
  {
    name: 'json lines',
    seeds: {
      lines: bytesOf(lines),
      'with marks': bytesOf(`\ufeff${lines}\ufeff${lines}`),
      gzip: gzipSync(lines),
    },
    run: (bytes) => readAll('jsonl', bytes),
  },
  {
    name: 'text file',
    seeds: {
      plain: bytesOf('One line\nand another, to the end.\n\nA paragraph “of its own” – 你好.\n'),
      'utf-16': Buffer.from('\ufeffOne line\nand another.\n', 'utf16le'),
      'windows-1252': Buffer.from('The caf\xe9\x92s owner \x96 says\n', 'latin1'),
      'iso-2022-jp': bytesOf('\x1b$B$"$$\x1b(B abc\n'),
      members: Buffer.concat([gzipSync('one\ntwo\n'), gzipSync('three\n'), gzipSync('four\n')]),
    },
    run: (bytes) => readAll('text', bytes),
  },
  {
    name: 'http message',
    seeds: {
      interim: bytesOf(
        `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${http('Content-Type: text/html, */*', page)}`,
      ),
      proxy: bytesOf(`HTTP/1.0 200 Connection established\r\n\r\n${http('Content-Type: text/html', page)}`),
      chunked: bytesOf(http('Transfer-Encoding: chunked', '5;a=b\r\n<p>Hi\r\nA\r\n0123456789\r\n0\r\n\r\n')),
      gzip: coded('gzip, deflate', gzipSync(page)),
    },
    run: (block) =>
      readPage(
        {
          format: 'warc',
          type: 'response',
          headers: new Map(),
          url: '',
          recordId: '',
          block,
          contentLength: block.length,
          tooLarge: false,
          offset: 0,
        },
        { decompress: decompressContent, detectCharset },
      ),
  },
  {
    name: 'charset',
    seeds: {
      shift_jis: meta('shift_jis', '\x82\xa0\x82\xa2 \x93\xfa\x96{'),
      gb18030: meta('gb18030', '\xc4\xe3\xba\xc3 \x81\x30\x81\x30'),
      'iso-2022-jp': meta('iso-2022-jp', '\x1b$B$"$$\x1b(B abc'),
      'windows-1251': meta('windows-1251', '\xcf\xf0\xe8\xe2\xe5\xf2'),
      'utf-16': Buffer.from('\ufeff<p>abc 你好', 'utf16le'),
      none: Buffer.from('\xe9t\xe9 \xe0 la mer', 'latin1'),
    },
    run: (bytes) => decodeText(bytes, { detect: detectCharset }),
  },
];

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}
