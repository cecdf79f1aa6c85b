import { describe, expect, it } from 'vitest';
import type { ArchiveRecord } from './archive-record.js';
import { readWat } from './wat-metadata.js';

function record(
  json: unknown,
  headers = { 'content-type': 'application/json' },
  type = 'metadata',
): ArchiveRecord {
  const block = new TextEncoder().encode(typeof json === 'string' ? json : JSON.stringify(json));
  const fields = new Map(Object.entries(headers));
  return {
    format: 'warc',
    type,
    headers: fields,
    url: 'http://x/',
    recordId: '',
    block,
    contentLength: block.length,
    tooLarge: false,
    offset: 0,
  };
}

/** After a record of CC-MAIN-2024-22, shortened. */
const response = {
  Container: {
    Filename: 'a.warc.gz',
    Compressed: true,
    Offset: '80610731',
    'Gzip-Metadata': { 'Deflate-Length': '17607' },
  },
  Envelope: {
    Format: 'WARC/1.0',
    'WARC-Header-Metadata': { 'WARC-Type': 'response', 'WARC-Target-URI': 'https://example.org/mill' },
    'Payload-Metadata': {
      'HTTP-Response-Metadata': {
        'Response-Message': { Version: 'HTTP/1.1', Status: '200', Reason: 'OK' },
        Headers: { 'Content-Type': 'text/html; charset=UTF-8', Server: 'x' },
        'HTML-Metadata': {
          Head: {
            Title: 'The mill',
            Metas: [
              { charset: 'UTF-8' },
              { name: 'Generator', content: 'hand' },
              { property: 'og:title', content: 'Mill' },
            ],
            Link: [{ path: 'LINK@/href', url: '/a.css', rel: 'stylesheet' }],
          },
          Links: [
            { path: 'A@/href', url: '/river', text: 'The river' },
            { path: 'IMG@/src', url: '/mill.png' },
          ],
        },
      },
    },
  },
};

describe('readWat', () => {
  it('reads what there is to know of a page', () => {
    expect(readWat(record(response))).toEqual({
      url: 'https://example.org/mill',
      recordType: 'response',
      filename: 'a.warc.gz',
      offset: 80_610_731,
      length: 17_607,
      status: 200,
      headers: new Map([
        ['content-type', 'text/html; charset=UTF-8'],
        ['server', 'x'],
      ]),
      title: 'The mill',
      metas: new Map([
        ['generator', 'hand'],
        ['og:title', 'Mill'],
      ]),
      links: [
        { url: '/a.css', path: 'LINK@/href', text: '' },
        { url: '/river', path: 'A@/href', text: 'The river' },
        { url: '/mill.png', path: 'IMG@/src', text: '' },
      ],
    });
  });

  it('takes other records, broken JSON and other shapes for what they are', () => {
    expect(readWat(record('{'))).toBeUndefined();
    expect(readWat(record('[]'))).toBeUndefined();
    expect(readWat(record(response, { 'content-type': 'application/warc-fields' }))).toBeUndefined();
    expect(readWat(record(response, undefined, 'response'))).toBeUndefined();
    const odd = {
      Envelope: {
        'Payload-Metadata': {
          'HTTP-Response-Metadata': { 'HTML-Metadata': { Head: { Metas: 'x' }, Links: [1, null, {}] } },
        },
      },
    };
    expect(readWat(record(odd))).toMatchObject({
      url: 'http://x/',
      status: 0,
      links: [{ url: '', path: '', text: '' }],
    });
  });
});
