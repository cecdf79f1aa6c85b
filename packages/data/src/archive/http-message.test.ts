import { describe, expect, it } from 'vitest';
import { decodeChunked, parseHttpResponse } from './http-message.js';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
const text = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : Buffer.from(value).toString('latin1');

describe('parseHttpResponse', () => {
  it('reads status, fields and body', () => {
    const response = parseHttpResponse(
      bytes('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX: 1\r\n\r\nbody\r\n\r\nmore'),
    );
    expect(response?.status).toBe(200);
    expect([...(response?.headers ?? [])]).toEqual([
      ['content-type', 'text/html'],
      ['x', '1'],
    ]);
    expect(text(response?.body)).toBe('body\r\n\r\nmore');
  });

  it('takes bare line feeds, folded fields and all of repeated fields', () => {
    const response = parseHttpResponse(
      bytes('HTTP/1.0 404 Not Found\nA: one\n  two\nA: three\nNo colon\n\nrest'),
    );
    expect(response?.status).toBe(404);
    expect([...(response?.headers ?? [])]).toEqual([['a', 'one two, three']]);
    expect(text(response?.body)).toBe('rest');
  });

  it('knows status lines without a reason, without a status and of HTTP/2', () => {
    expect(parseHttpResponse(bytes('HTTP/1.1 204\r\n\r\n'))?.status).toBe(204);
    expect(parseHttpResponse(bytes('HTTP/1.1 what\r\n\r\nx'))?.status).toBe(0);
    expect(parseHttpResponse(bytes('HTTP/2 301\r\n\r\n'))?.status).toBe(301);
  });

  it('has an empty body when the header never ends, and refuses what is not HTTP', () => {
    const cut = parseHttpResponse(bytes('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n'));
    expect(cut?.headers.get('content-type')).toBe('text/html');
    expect(cut?.body.length).toBe(0);
    expect(parseHttpResponse(bytes('<html>hello</html>'))).toBeUndefined();
    expect(parseHttpResponse(bytes(''))).toBeUndefined();
  });

  it('goes past interim responses and the answer of a proxy', () => {
    const last = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>page';
    for (const before of [
      'HTTP/1.1 100 Continue\r\n\r\n',
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n',
      'HTTP/1.0 200 Connection established\r\nProxy-Agent: x\r\n\r\n',
      'HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 100 Continue\n\n',
    ]) {
      const response = parseHttpResponse(bytes(before + last));
      expect([response?.status, text(response?.body)]).toEqual([200, '<p>page']);
    }
    // A page about HTTP is a page.
    const page = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nHTTP/1.1 404 Not Found\r\n\r\n`;
    expect(text(parseHttpResponse(bytes(page))?.body)).toBe('HTTP/1.1 404 Not Found\r\n\r\n');
    expect(parseHttpResponse(bytes('HTTP/1.1 100 Continue\r\n\r\nnothing more'))?.status).toBe(100);
  });

  it('undoes the chunked coding only when the field says so', () => {
    const body = '4\r\nWiki\r\n0\r\n\r\n';
    const chunked = parseHttpResponse(bytes(`HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n${body}`));
    expect(text(chunked?.body)).toBe('Wiki');
    expect(text(parseHttpResponse(bytes(`HTTP/1.1 200 OK\r\n\r\n${body}`))?.body)).toBe(body);
  });
});

describe('decodeChunked', () => {
  it('joins chunks, ignores extensions and trailers (RFC 9112, section 7.1)', () => {
    const coded = '4\r\nWiki\r\n5;name=value\r\npedia\r\nE\r\n in\r\n\r\nchunks.\r\n0\r\nTrailer: x\r\n\r\n';
    expect(text(decodeChunked(bytes(coded)))).toBe('Wikipedia in\r\n\r\nchunks.');
  });

  it('leaves a body alone that is not chunked', () => {
    for (const body of [
      '<html><p>a</p></html>',
      'plain words\r\nand more',
      '',
      // Words that are numbers, too: no line end where the chunk would end.
      'face\nof a page',
      'a\r\nlonger than ten bytes',
      'ADD\n<html>',
    ]) {
      expect(text(decodeChunked(bytes(body)))).toBe(body);
    }
  });

  it('keeps what came before a broken or cut chunk', () => {
    expect(text(decodeChunked(bytes('3\r\nabc\r\nzz\r\nlost')))).toBe('abc');
    expect(text(decodeChunked(bytes('3\r\nabc\r\nff\r\nonly this')))).toBe('abconly this');
    expect(text(decodeChunked(bytes('3\r\nabc')))).toBe('abc');
  });

  it('takes bare line feeds and blanks after the size', () => {
    expect(text(decodeChunked(bytes('2  \nab\n1\nc\n0\n\n')))).toBe('abc');
  });
});
