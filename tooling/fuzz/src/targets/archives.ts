import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { decodeText, extractText, readPage } from '@llm/data';
import { decompressContent, detectCharset, readArchive } from '@llm/data/node';
import { inflateSource } from '../../../../packages/data/src/node/files/inflate-source.js';
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
    name: 'html',
    seeds: { page: bytesOf(page) },
    run: (bytes) => extractText(decodeText(bytes, {})?.text ?? ''),
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
