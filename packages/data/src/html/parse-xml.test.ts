import { expect, test } from 'vitest';
import { serialiseTree } from './fixtures/serialise-tree.js';
import { parseXml } from './parse-xml.js';

const lines = (text: string): string[] | undefined => {
  const document = parseXml(text, 1000);
  return document === undefined
    ? undefined
    : serialiseTree(document)
        .split('\n')
        .map((line) => line.slice(2));
};

test('elements end where they say, and nowhere else', () => {
  const page =
    '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x.dtd">\n' +
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><script src="a"/><title/></head>' +
    '<body><p>a&nbsp;<![CDATA[<b>]]><p>in p</p></p><iframe/><s:svg xmlns:s="http://www.w3.org/2000/svg"/></body></html>';
  // By hand, after XML 1.0 and Namespaces in XML.
  expect(lines(page)).toEqual([
    '<html>',
    '  xmlns="http://www.w3.org/1999/xhtml"',
    '  <head>',
    '    <script>',
    '      src="a"',
    '    <title>',
    '  <body>',
    '    <p>',
    '      "a\u00a0<b>"',
    '      <p>',
    '        "in p"',
    '    <iframe>',
    '    <svg svg>',
    '      xmlns:s="http://www.w3.org/2000/svg"',
  ]);
});

test('what is not well formed is left to the reader of HTML; what is cut off is not', () => {
  expect(lines('<html><p>one<p>two</html>')).toBeUndefined();
  expect(lines('<html><br></html>')).toBeUndefined();
  expect(lines('<html><p>one</p><p>tw')).toEqual(['<html>', '  <p>', '    "one"', '  <p>', '    "tw"']);
});
