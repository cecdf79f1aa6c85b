import { describe, expect, it } from 'vitest';
import { parsePage } from './page-tree.js';
import { renderText } from './render-text.js';

const text = (html: string): string => {
  const tree = parsePage(html)!;
  return renderText(tree, [0], new Uint8Array(tree.size));
};

describe('renderText', () => {
  it('writes no marker without an item', () => {
    expect(text('<ul><li><img src=a></ul><p>one<ol><li><pre>ring();</pre></ol><h2>Two</h2>')).toBe(
      'one\nring();\nTwo',
    );
    expect(text('<ul><li>a<ul><li>b</ul><li><p>c<p>d</ul><p>e')).toBe('- a\n- b\n- c\nd\ne');
    expect(text('<li>a<li>b<p>c</p><div>d')).toBe('- a\n- b\nc\nd');
  });

  it('puts what stands in a list and in no item of it behind the list', () => {
    expect(text('<ul><li>a</li>b<li>c<ul><li>d</li>e<li>f</ul></ul><p>g')).toBe(
      '- a\n- c\n- d\n- f\ne\nb\ng',
    );
    expect(
      text('<ul><li>a</li><ul><li>b</li>c</ul><li>d</li><blockquote>e<ul><li>f</ul></blockquote></ul>'),
    ).toBe('- a\n- d\n- b\nc\ne\n- f');
  });

  it('reads a paragraph of 100,000 formulas, and as many items and rows', () => {
    const count = 100_000;
    expect(text(`<p>${'<math><mi>x</mi></math> '.repeat(count)}`)).toBe(
      Array(count).fill('\\(x\\)').join(' '),
    );
    expect(text(`<ul>${'<li>a'.repeat(count)}`)).toBe(Array(count).fill('- a').join('\n'));
    expect(text(`<table>${'<tr><td>a<td>'.repeat(count)}`)).toBe(Array(count).fill('a').join('\n'));
  });

  it('keeps the words of a line whole', () => {
    expect(
      text(
        '<p>A foot<svg width=1><path d="M0"/></svg>note, the har<script>t=1</script>bour, a light<noscript><img></noscript>house',
      ),
    ).toBe('A footnote, the harbour, a lighthouse');
    expect(text('<p>a<span> </span><b> b</b>\n<i>\n c</i>&nbsp; d')).toBe('a b c d');
  });

  it('joins lines of Chinese and Japanese, not of Korean or Latin', () => {
    // CSS Text 3, section 4.1.3; by hand.
    expect(text('<p>这座小城\n  的港口，\n许多<b>石头\n</b>的。\nABC\n字')).toBe(
      '这座小城的港口，许多石头的。 ABC 字',
    );
    expect(text('<p>東京\nタワー\n한국\n서울\none\ntwo')).toBe('東京タワー 한국 서울 one two');
    expect(text('<p>字 字<br>𠮷\n𠮷')).toBe('字 字\n𠮷𠮷');
  });

  it('writes a row of a table as a line', () => {
    expect(
      text(
        '<table><caption>Sizes<tr><th><p>Key</p><th><p>Value</p><tr><td><div>cache</div><td><ul><li>512<li>MB</ul><tr><td>x<td></table>',
      ),
    ).toBe('Sizes\nKey | Value\ncache | 512 MB\nx');
    // A layout is no table.
    expect(text('<table><tr><td><h2>Food</h2><p>one</p><td><p>two</p><p>three</p></table>')).toBe(
      'Food\none\ntwo\nthree',
    );
    expect(text('<table><tr><td><table><tr><td>a<td>b</table><td>c</table>')).toBe('a | b\nc');
  });

  it('keeps code as it stands', () => {
    expect(
      text(
        '<pre>\n\ndef a():\n    return 1\n\n\ndef b():  \n\treturn 0\n</pre><xmp>a  <b>\n\n c</xmp><listing>d\n\n  e</listing>',
      ),
    ).toBe('def a():\n    return 1\n\n\ndef b():\n\treturn 0\na  <b>\n\n c\nd\n\n  e');
    expect(text('<table><tr><td><pre>1\n2</pre><td><pre>a = 1;\nb = 2;</pre></table>')).toBe(
      'a = 1;\nb = 2;',
    );
    expect(text('<pre><div>a</div><div>b</div><span>c<br>d</span></pre>')).toBe('a\nb\nc\nd');
  });

  it('writes a formula in its sentence, or on a line of its own', () => {
    const math = (display: string): string =>
      `<math display=${display}><semantics><mi>x</mi><annotation encoding="application/x-tex">x^2</annotation></semantics></math>`;
    expect(text(`<p>so ${math('inline')}, and</p><div>${math('block')}</div>`)).toBe(
      'so \\(x^2\\), and\n\\[x^2\\]',
    );
  });
});
