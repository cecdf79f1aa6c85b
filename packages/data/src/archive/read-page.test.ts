import { describe, expect, it } from 'vitest';
import { Page } from '../page/page.js';
import type { ArchiveRecord } from './archive-record.js';
import { httpResponse } from './fixtures/warc-records.js';
import { isPageRecord, readPage } from './read-page.js';

interface Given {
  readonly type?: string | undefined;
  readonly block: Uint8Array;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly damage?: 'truncated' | 'corrupt' | undefined;
  readonly tooLarge?: boolean | undefined;
}

function record({ type = 'response', block, headers = {}, damage, tooLarge = false }: Given): ArchiveRecord {
  return {
    format: 'warc',
    type,
    headers: new Map(Object.entries(headers)),
    url: 'http://example.org/',
    recordId: '',
    block,
    contentLength: block.length,
    tooLarge,
    damage,
    offset: 0,
  };
}

const html = '<html><p>Hello</p></html>';
const page = httpResponse(html);
/** What a verdict says of the record above. */
const metadata = { url: 'http://example.org/', offset: 0 };
const reason = (given: Given): string => {
  const outcome = readPage(record(given));
  return outcome.kind === 'drop' ? outcome.reason : 'page';
};

describe('readPage', () => {
  it('knows which records are pages', () => {
    for (const type of ['response', 'resource', 'conversion'])
      expect(isPageRecord(record({ type, block: page }))).toBe(true);
    for (const type of ['request', 'revisit', 'warcinfo', 'metadata', 'continuation', '']) {
      expect(isPageRecord(record({ type, block: page }))).toBe(false);
      expect(reason({ type, block: page })).toBe('not-response');
    }
  });

  it('reads responses, resources and conversions', () => {
    expect(readPage(record({ block: page }))).toEqual({
      kind: 'keep',
      page: new Page({
        url: 'http://example.org/',
        content: html,
        contentType: 'text/html',
        metadata: { url: 'http://example.org/', offset: 0, date: '', charset: 'utf-8' },
      }),
    });
    const resource = { type: 'resource', block: Buffer.from(html), headers: { 'content-type': 'text/html' } };
    expect(reason(resource)).toBe('page');
    const wet = {
      type: 'conversion',
      block: Buffer.from('Plain words'),
      headers: { 'content-type': 'text/plain' },
    };
    expect(readPage(record(wet))).toMatchObject({
      page: { content: 'Plain words', contentType: 'text/plain' },
    });
  });

  it('drops by status and by type', () => {
    const types: [string, string][] = [
      ['text/html; charset=utf-8', 'page'],
      ['TEXT/HTML', 'page'],
      ['application/xhtml+xml', 'page'],
      ['text/plain', 'not-html'],
      ['application/json', 'not-html'],
      ['image/png', 'not-html'],
    ];
    for (const [type, expected] of types)
      expect([type, reason({ block: httpResponse(html, `Content-Type: ${type}`) })]).toEqual([
        type,
        expected,
      ]);
    for (const status of ['199 x', '301 Moved', '404 Not Found', '500 Error'])
      expect(reason({ block: httpResponse(html, 'Content-Type: text/html', status) })).toBe('http-status');
    expect(reason({ block: httpResponse(html, 'Content-Type: text/html', '206 Partial') })).toBe('page');
  });

  it('believes the type that the crawler identified before the declared one', () => {
    const identified = (type: string): Readonly<Record<string, string>> => ({
      'warc-identified-payload-type': type,
    });
    expect(reason({ block: page, headers: identified('application/pdf') })).toBe('not-html');
    expect(
      reason({ block: httpResponse(html, 'Content-Type: text/plain'), headers: identified('text/html') }),
    ).toBe('page');
  });

  it('sniffs pages without a type', () => {
    expect(reason({ block: httpResponse(html, 'Server: x') })).toBe('page');
    expect(reason({ block: httpResponse('just words', 'Server: x') })).toBe('not-html');
    expect(reason({ block: Buffer.from('<title>HTTP/0.9</title>') })).toBe('page');
  });

  it('drops empty, cut, corrupt and large pages with the reason', () => {
    expect(reason({ block: httpResponse('') })).toBe('empty-body');
    expect(reason({ block: httpResponse(' \n ') })).toBe('empty-body');
    expect(reason({ block: page, damage: 'truncated' })).toBe('truncated');
    expect(reason({ block: page, damage: 'corrupt' })).toBe('corrupt');
    expect(reason({ block: httpResponse('x', 'Content-Type: image/png'), damage: 'truncated' })).toBe(
      'not-html',
    );
    expect(
      reason({
        block: new Uint8Array(0),
        tooLarge: true,
        headers: { 'content-type': 'application/http; msgtype=response' },
      }),
    ).toBe('too-large');
    expect(
      reason({
        block: new Uint8Array(0),
        tooLarge: true,
        type: 'resource',
        headers: { 'content-type': 'video/mp4' },
      }),
    ).toBe('not-html');
  });

  it('drops what it cannot decompress and pages that grow too large', () => {
    const noise = Buffer.from(Array.from({ length: 200 }, (_, index) => (index * 37) % 251));
    const coded = record({
      block: httpResponse(noise, 'Content-Type: text/html\r\nContent-Encoding: br'),
    });
    expect(readPage(coded)).toEqual({ kind: 'drop', reason: 'corrupt', metadata });
    expect(readPage(coded, { decompress: () => 'too-large' })).toEqual({
      kind: 'drop',
      reason: 'too-large',
      metadata,
    });
  });

  it('uses the charset of the header and takes an unknown one for none', () => {
    const body = Buffer.from('<p>caf\xe9</p>', 'latin1');
    const declared = (charset: string): ArchiveRecord =>
      record({ block: httpResponse(body, `Content-Type: text/html; charset=${charset}`) });
    expect(readPage(declared('"ISO-8859-1"'))).toMatchObject({
      page: { content: '<p>café</p>', metadata: { charset: 'windows-1252' } },
    });
    expect(readPage(declared('klingon'))).toEqual({ kind: 'drop', reason: 'unknown-charset', metadata });
    expect(readPage(declared('klingon'), { detectCharset: () => 'latin-1' })).toMatchObject({ kind: 'keep' });
    expect(reason({ block: httpResponse(body) })).toBe('unknown-charset');
    expect(
      readPage(record({ block: httpResponse(body) }), { detectCharset: () => 'windows-1252' }),
    ).toMatchObject({
      page: { content: '<p>café</p>' },
    });
  });
});
