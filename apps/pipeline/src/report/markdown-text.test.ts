import { marked } from 'marked';
import { describe, expect, test } from 'vitest';
import { markdownText } from './markdown-text.js';

const hostile = [
  '![x](https://evil.example/pixel.png)',
  '[click](javascript:alert(1))',
  '[a]: javascript:alert(1)',
  '<img src=x onerror=alert(1)>',
  '<javascript:alert(1)>',
  '<https://evil.example>',
  'see https://evil.example/a and www.evil.example or HTTP://EVIL.example, mail me@evil.example',
  'a | b \\| c \\\\| d',
  '`code | more`',
  '**bold** _slanted_ ~~gone~~ $x$',
  '&lt;b&gt; &amp;#60;',
  'line\nline\r\nline\rline',
  '\u001b[31mred\u009b0m',
  '</td></tr></table><script>alert(1)</script>',
  '| --- |\n| a | b |',
  '\\',
];

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' };

/** What a person sees of HTML that holds no element. */
const seen = (html: string): string =>
  html.replaceAll(/&(?:#(\d+)|(\w+));/g, (whole, code?: string, name = '') =>
    code === undefined ? (named[name] ?? whole) : String.fromCodePoint(Number(code)),
  );

describe('text inside Markdown', () => {
  test.each(hostile)('%j is one cell that reads as it is written', (text) => {
    const table = `| prompt | answer |\n|---|---|\n| ${markdownText(text)} | end |\n`;
    const html = marked.parse(table, { async: false, gfm: true }) as string;
    expect(html).not.toMatch(/<(?!\/?(table|thead|tbody|tr|th|td)\b)/);
    const cells = [...html.matchAll(/<td>([\s\S]*?)<\/td>/g)].map(([, cell]) => seen(cell ?? ''));
    expect(cells).toEqual([
      text
        .replaceAll(/\s*(\r\n|\n|\r)\s*/g, ' ⏎ ')
        .replace('\u001b', '␛')
        .replace('\u009b', '\\x9b'),
      'end',
    ]);
  });

  test.each(hostile)('%j is one paragraph without a link', (text) => {
    const html = marked.parse(`${markdownText(text)}\n`, { async: false, gfm: true }) as string;
    expect(html).not.toMatch(/<(a|img|script|code|em|strong|del|table)\b/);
  });
});
