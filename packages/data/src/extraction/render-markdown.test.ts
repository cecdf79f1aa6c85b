import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { describe, expect, it } from 'vitest';
import { buildContent } from './block-builder.js';
import { type ReadBlock, readMarkdown } from './fixtures/read-markdown.js';
import type { ContentBlock } from './page-blocks.js';
import { parsePage } from './page-tree.js';
import { renderMarkdown } from './render-markdown.js';

const blocksOf = (html: string): readonly ContentBlock[] => {
  const tree = parsePage(html)!;
  return buildContent(tree, [0], new Uint8Array(tree.size), 'runs').blocks;
};
const markdown = (html: string): string => renderMarkdown(blocksOf(html));

/** The blocks in the form in which markdown-it's are written down. */
function expected(blocks: readonly ContentBlock[], path = ''): ReadBlock[] {
  return blocks.flatMap((block) => expectedOf(block, path));
}

function expectedOf(block: ContentBlock, path: string): ReadBlock[] {
  switch (block.type) {
    case 'heading':
      return [{ kind: `${path}h${block.level}`, text: plain(block.text) }];
    case 'paragraph':
      return [{ kind: `${path}p`, text: plain(block.text) }];
    case 'code':
      return [{ kind: `${path}code:${block.language ?? ''}`, text: block.text }];
    case 'formula':
      return [{ kind: `${path}code:math`, text: block.text }];
    case 'quote':
      return expected(block.blocks, `${path}blockquote/`);
    case 'list':
      return block.items.flatMap((item) => expected(item, `${path}${block.ordered ? 'ol' : 'ul'}/li/`));
    case 'table': {
      const columns = Math.max(...block.rows.map((row) => row.cells.length));
      return block.rows.map((row) => ({
        kind: `${path}row`,
        text: Array.from({ length: columns }, (_, at) => plain(row.cells[at]?.text ?? '')).join(' | '),
      }));
    }
  }
}

/** Formulas are `$TeX$` once the parser has taken off the code span. */
const plain = (text: string): string =>
  text.replace(/\\\((.*?)\\\)|\\\[(.*?)\\\]/g, (_, a, b) => `$${a ?? b}$`);

describe('renderMarkdown', () => {
  it('writes headings, lists, tables, code, quotes and formulas', () => {
    const html =
      '<h2>A <code>b</code></h2><p>one<br>two</p><ol start=3><li>x<ul><li>y<li>z</ul><li><p>v</p><p>w</p></ol>' +
      '<pre class="language-js"><code>if (a) {\n\n  b();\n}\n</code></pre><blockquote><p>said</p></blockquote>' +
      '<table><tr><th>Key<th>Value<tr><td><p>a</p><p>b</p><td>1|2</table>' +
      '<p>so <math><mi>x</mi><mo>=</mo><msub><mi>y</mi><mn>1</mn></msub></math>.</p><math display=block><mi>z</mi></math>';
    expect(markdown(html)).toBe(
      [
        '## A `b`\n\none\\\ntwo\n\n3. x\n\n   - y\n   - z\n\n4. v\n\n   w',
        '```js\nif (a) {\n\n  b();\n}\n```\n\n> said\n\n| Key | Value |\n| --- | --- |\n| a b | 1\\|2 |',
        'so $`x=y_{1}`$.\n\n```math\nz\n```',
      ].join('\n\n'),
    );
  });

  it('writes links where they are asked for', () => {
    const tree = parsePage(
      '<p>See! <a href="/a b?c&amp;d"> the <b>page</b> </a>, <a href="#x">here</a>!<a href="/(y)">z</a>',
    )!;
    const blocks = buildContent(tree, [0], new Uint8Array(tree.size), 'runs').blocks;
    const resolve = (link: string): string => `https://e.org${link}`;
    expect(renderMarkdown(blocks, resolve)).toBe(
      'See! [the page](https://e.org/a%20b?c&d) , here\\![z](<https://e.org/(y)>)',
    );
    expect(renderMarkdown(blocks)).toBe('See! the page , here!z');
  });

  it.each([
    '# no heading',
    '- no item',
    '+ no item',
    '1. no item',
    '2024) no item',
    '> no quote',
    '---',
    '- - -',
    '* * *',
    '___',
    '===',
    '~~~',
    '```',
    '| no | table |',
    'a *b* _c_ __d__ snake_case _e',
    '[a]: http://b.c',
    '[a](b) ![c](d) [1] <e@f.g> <http://h.i> <b>j</b> <!-- k -->',
    '&lt;b&gt; &amp; &#35; AT&T',
    'back\\slash \\* end\\',
    '`code` ``more`` ` one',
    'ends in # marks ##',
    '~~not struck~~',
    '<0225@KOJ> <x@y.z>',
    '!',
    '日本_語_ *強調*',
  ])('%s is text', (text) => {
    const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
    for (const tag of ['p', 'h3', 'li', 'td', 'code', 'blockquote']) {
      const cell = tag === 'td' ? `<table><tr><td>a<td>${escaped}</table>` : `<${tag}>${escaped}</${tag}>`;
      const blocks = blocksOf(`<p>before</p>${cell}<p>x<br>${escaped}<br>y</p>`);
      expect(readMarkdown(renderMarkdown(blocks)), `in ${tag}`).toEqual(expected(blocks));
    }
  });

  it('does not read together what stands in two elements', () => {
    for (const html of [
      '&lt;<a href="mailto:a@b.c">a@b.c</a>&gt;',
      '<b>1</b>. one',
      '<a href=x>#</a> two',
      'a<code>b</code><a href=x><code>c</code></a>`',
      '&amp;<i>lt;</i>',
      '<code>`</code><code>``</code>',
    ]) {
      const blocks = blocksOf(`<p>${html}</p>`);
      expect(readMarkdown(renderMarkdown(blocks)), html).toEqual(expected(blocks));
    }
  });

  const folder = sharedDataPath('html-wcxb');
  it.skipIf(folder === undefined)('reads back as the same blocks on real pages', { timeout: 60_000 }, () => {
    const archive = readFileSync(`${folder}/pages.warc.gz`);
    const offsets = gunzipSync(readFileSync(`${folder}/index.jsonl.gz`))
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { offset: number }).offset)
      .sort((a, b) => a - b);
    let pages = 0;
    for (let at = 0; at < offsets.length; at += 20, pages++) {
      const html = gunzipSync(archive.subarray(offsets[at], offsets[at + 1])).toString('utf8');
      const blocks = blocksOf(html.slice(html.indexOf('<')));
      const trimmed = ({ kind, text }: ReadBlock): ReadBlock => ({ kind, text: text.trim() });
      expect(readMarkdown(renderMarkdown(blocks)).map(trimmed), `page ${at}`).toEqual(
        expected(blocks).map(trimmed),
      );
    }
    expect(pages).toBe(28);
  });
});
