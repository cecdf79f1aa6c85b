import { describe, expect, it } from 'vitest';
import { binaryFormat, parseContentType, sniffHtml, typeOfContent } from './media-type.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');

describe('parseContentType', () => {
  it.each([
    ['text/html', 'text/html', undefined],
    ['TEXT/HTML;Charset=UTF-8', 'text/html', 'UTF-8'],
    ['text/html; charset="utf-8"', 'text/html', 'utf-8'],
    ["text/html; charset='utf-8'", 'text/html', 'utf-8'],
    ['text/html; x-charset=latin1; charset=koi8-r', 'text/html', 'koi8-r'],
    ['text/html; x-charset=latin1', 'text/html', undefined],
    // Of several the last valid one counts (Fetch Standard, "extract a MIME type").
    ['text/plain, text/html', 'text/html', undefined],
    ['text/html, text/html; charset=utf-8', 'text/html', 'utf-8'],
    ['text/html; charset=utf-8, text/html', 'text/html', 'utf-8'],
    ['text/html; charset=utf-8, text/plain', 'text/plain', undefined],
    ['text/html, */*', 'text/html', undefined],
    ['text/html, nonsense', 'text/html', undefined],
    ['text/html; a="b, c"; charset=gbk', 'text/html', 'gbk'],
    // Not to be parsed, but the character set is plain to see.
    ['text/html charset=utf-8', '', 'utf-8'],
    ['text/html:charset=utf-8', '', 'utf-8'],
    ['"text/html; charset=utf-8"', '', 'utf-8'],
    ['charset=utf-8', '', 'utf-8'],
    ['html', '', undefined],
    ['text/', '', undefined],
    ['', '', undefined],
  ])('reads %s', (value, essence, charset) => {
    expect(parseContentType(value)).toEqual({ essence, charset });
  });

  it('does not read all of what is endless', () => {
    expect(parseContentType(`text/html${'; charset'.repeat(1e6)}`).essence).toBe('text/html');
    expect(parseContentType(','.repeat(1e7)).essence).toBe('');
  });
});

describe('typeOfContent', () => {
  const html = bytes('<!doctype html><p>x');
  it('sniffs where nothing is declared, and where what is says nothing', () => {
    for (const type of ['', 'application/octet-stream', 'unknown/unknown', 'application/x-download']) {
      expect([type, typeOfContent(type, html)]).toEqual([type, 'text/html']);
      expect([type, typeOfContent(type, bytes('words'))]).toEqual([type, '']);
    }
    expect(typeOfContent('text/htm', bytes('<p>'))).toBe('text/html');
    expect(typeOfContent('application/json', html)).toBe('application/json');
  });

  it('does not take a file for a page because a server calls it one', () => {
    expect(typeOfContent('text/html', bytes('%PDF-1.7\n'))).toBe('application/octet-stream');
    expect(typeOfContent('text/plain', bytes('PK\x03\x04abc'))).toBe('application/octet-stream');
    expect(typeOfContent('text/html', bytes('just words'))).toBe('text/html');
  });
});

describe('binaryFormat', () => {
  it('knows files by their first bytes', () => {
    const cases: [string, string][] = [
      ['%PDF-1.4', 'PDF'],
      ['PK\x03\x04', 'ZIP (DOCX, XLSX, EPUB, …)'],
      ['\x89PNG\r\n\x1a\n', 'PNG'],
      ['\xff\xd8\xff\xe0', 'JPEG'],
      ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'OLE (DOC, XLS, PPT)'],
      ['RIFF\x10\0\0\0WEBPVP8 ', 'RIFF (WebP, WAV, AVI)'],
      ['\0\0\0\x18ftypmp42', 'MP4'],
      ['PAR1', 'Parquet'],
    ];
    for (const [start, name] of cases) expect([start, binaryFormat(bytes(start))]).toEqual([start, name]);
    for (const start of ['', 'MZ is a prefix', 'RIFFraff', 'words', '<html>', 'GIF is a format'])
      expect([start, binaryFormat(bytes(start))]).toEqual([start, undefined]);
  });
});

describe('sniffHtml', () => {
  it('follows the HTML patterns of the MIME Sniffing Standard', () => {
    const yes = [
      '<!DOCTYPE html>',
      '  \n<HTML lang="en">',
      '<!-- note --><p>',
      '<!-- note --> <!---->\n<?xml version="1.0"?><!-- --><html>',
      '<?xml version="1.0"?><html>',
      '\xef\xbb\xbf<head>',
      '<br>',
      '<!DOCTYPE HTML PUBLIC "x">',
      '<\0h\0t\0m\0l\0>\0',
      `<!-- ${'x'.repeat(5000)}`,
    ];
    const no = [
      '',
      'text <p>',
      '<htmlx>',
      '<svg>',
      '%PDF-1.4',
      '{"html": "<p>"}',
      '<!-- never ends',
      '<?xml',
    ];
    for (const start of yes) expect([start, sniffHtml(bytes(start))]).toEqual([start, 'text/html']);
    for (const start of no) expect([start, sniffHtml(bytes(start))]).toEqual([start, '']);
  });

  it('reads any number of comments once', () => {
    expect(sniffHtml(bytes(`${'<!---->'.repeat(40)}plain text`))).toBe('');
    expect(sniffHtml(bytes(`${'<!-- -->\n'.repeat(400)}<p>`))).toBe('text/html');
    expect(sniffHtml(bytes('<!--'.repeat(900)))).toBe('');
  });
});
