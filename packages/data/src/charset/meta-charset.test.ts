import { describe, expect, it } from 'vitest';
import { metaCharset } from './meta-charset.js';

const find = (head: string): string | undefined => metaCharset(Buffer.from(head, 'latin1'));

describe('metaCharset', () => {
  it('finds the declarations of HTML 5, HTML 4 and XML', () => {
    const cases: [string, string][] = [
      ["<head><meta charset='koi8-r'></head>", 'koi8-r'],
      ['<META http-equiv="Content-Type" content="text/html; charset=Shift_JIS">', 'shift_jis'],
      ['<meta content="text/html; charset = \'iso-8859-2\'" http-equiv=content-type>', 'iso-8859-2'],
      ['<?xml version="1.0" encoding="ISO-8859-2"?><html>', 'iso-8859-2'],
      ['<?xml version="1.0" encoding="ISO-8859-2"?><meta charset=koi8-r>', 'koi8-r'],
      ['<meta charset="utf-16">', 'utf-8'],
      ['<meta name=x charset=koi8-r>', 'koi8-r'],
      ['<meta/charset=koi8-r>', 'koi8-r'],
      ['<meta charset=klingon><meta charset=koi8-r>', 'koi8-r'],
      ['<p title="a > b"><meta charset=koi8-r>', 'koi8-r'],
      ['<meta charset=koi8-r charset=utf-8>', 'koi8-r'],
    ];
    for (const [head, name] of cases) expect([head, find(head)]).toEqual([head, name]);
  });

  it('knows what is no declaration', () => {
    const cases = [
      '<p>charset=koi8-r</p>',
      '<!-- <meta charset=koi8-r> -->',
      '<!-- > <meta charset=koi8-r>',
      '<meta name=description content="set charset=koi8-r on old servers">',
      '<meta content="text/html; charset=koi8-r">',
      '<script>document.write("<meta charset=koi8-r>")</script>',
      '<style>/* <meta charset=koi8-r> */</style><textarea><meta charset=koi8-r>',
      '<title><meta charset=koi8-r></title>',
      '</meta charset=koi8-r>',
      '<p title="<meta charset=koi8-r>">',
      "<p title='<meta charset=koi8-r>' <meta charset=koi8-r",
      '<!doctype x <meta charset=koi8-r>',
      '<meta charset="koi8-r',
      '<metacharset=koi8-r>',
      '<meta http-equiv=refresh content="0; url=/?charset=koi8-r">',
      '<meta charset>',
    ];
    for (const head of cases) expect([head, find(head)]).toEqual([head, undefined]);
    expect(find('<!-- <meta charset=koi8-r> --><meta charset=gbk>')).toBe('gbk');
    expect(find('<!--><meta charset=gbk>')).toBe('gbk');
    expect(find('<script><meta charset=koi8-r></SCRIPT ><meta charset=gbk>')).toBe('gbk');
  });

  it('finds a late one, however long the styles before it', () => {
    for (const before of [
      `<style>${'.a{b:c}'.repeat(50_000)}</style>`,
      `<!--${'-'.repeat(200_000)}-->`,
      ' '.repeat(100_000),
    ])
      expect(find(`<html><head>${before}<meta charset="koi8-r">`)).toBe('koi8-r');
  });

  it('reads what never ends once', () => {
    const size = 1 << 16;
    for (const piece of [
      '<',
      '<!--',
      '<a ',
      '<a b="',
      '</',
      '<script>',
      '<meta ',
      '<meta content=',
      '="',
      '<!',
      "<p a='",
    ]) {
      let page = piece.repeat(size / piece.length);
      expect([piece, find(page)]).toEqual([piece, undefined]);
      page += '>';
      expect([piece, find(page)]).toEqual([piece, undefined]);
    }
  });
});
