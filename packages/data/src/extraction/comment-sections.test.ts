import { describe, expect, it } from 'vitest';
import { blockText } from './block-text.js';
import { commentBlocks, isDeclaredThread } from './comment-sections.js';
import { cutBlocks } from './cut-blocks.js';
import { extractText } from './extract-text.js';
import { parsePage } from './page-tree.js';

const article = [
  'The ferry leaves the northern pier at a quarter past seven, and whoever misses it waits for the next tide.',
  'Its captain, who has crossed the sound eleven thousand times, keeps a notebook of every whale that he saw.',
  'The engine was built in Gdansk, replaced twice, and can be heard on both shores when the wind is from the west.',
  'On the island there are four farms, a school with nine children and a shop that opens when somebody rings.',
];
const comments = [
  'I took this ferry in 1987, when the captain still had a beard, and my sister lost her hat over the rail.',
  'The shop has been closed since last winter, as far as I know, so bring your own bread if you go there.',
];
const page = (section: string, attributes = ''): string =>
  `<!doctype html><html><head><title>The ferry</title></head><body${attributes}><main${attributes}><article><h1>The ferry</h1>${article
    .map((text) => `<p>${text}</p>`)
    .join('')}</article>${section}</main></body></html>`;
const sections: Readonly<Record<string, string>> = {
  'of a blog': `<section id="comments" class="comments-area"><h2>2 Comments</h2><ol>${comments
    .map((text) => `<li class="comment"><cite>Ida</cite><p>${text}</p><a href="#r">Reply</a></li>`)
    .join('')}</ol></section>`,
  'with names of another language': `<div class="kommentare-liste"><h3>Kommentare</h3>${comments
    .map((text) => `<div><b>Ida</b><p>${text}</p></div>`)
    .join('')}</div>`,
  'without names': `<div><h3>2 responses to The ferry</h3>${comments
    .map((text) => `<div><b>Ida</b><p>${text}</p></div>`)
    .join('')}</div>`,
  'of schema.org': `<section><h3>Readers</h3>${comments
    .map((text) => `<div itemprop="comment"><p>${text}</p></div>`)
    .join('')}</section>`,
};

const linesOf = (html: string, options = {}): string[] => {
  const found = extractText(html, options);
  return found.kind === 'keep' ? found.text.split('\n').map((line) => line.replace(/^- /, '')) : [];
};

describe('comments below an article', () => {
  for (const [name, section] of Object.entries(sections)) {
    it(`are left out or kept, ${name}`, () => {
      const without = linesOf(page(section));
      expect(without).toEqual(expect.arrayContaining(article));
      for (const text of comments) expect(without).not.toContain(text);
      const all = linesOf(page(section), { comments: true });
      expect(all).toEqual(expect.arrayContaining([...article, ...comments]));
    });
  }

  it('are left out where they are counted above the article, too', () => {
    const counted = page(sections['of a blog']!).replace(
      '<article>',
      '<div class="comments"><a href="#comments">2 Comments</a></div><article>',
    );
    for (const text of comments) expect(linesOf(counted)).not.toContain(text);
    expect(linesOf(counted)).toEqual(expect.arrayContaining(article));
  });

  it('are not the article of a page that is open for comments', () => {
    expect(linesOf(page('', ' class="post comments-open comment-status-open"'))).toEqual(
      expect.arrayContaining(article),
    );
  });
});

describe('isDeclaredThread', () => {
  it('goes by the address of the page and by its type, not by links to elsewhere', () => {
    const canonical = (url: string): string => `<head><link rel="canonical" href="${url}"></head>`;
    expect(isDeclaredThread(canonical('https://forum.example/a/12'))).toBe(true);
    expect(isDeclaredThread(canonical('https://example.org/showthread.php?t=3'))).toBe(true);
    expect(isDeclaredThread('<meta property="og:url" content="https://x.example/questions/4/why">')).toBe(
      true,
    );
    expect(isDeclaredThread('<div itemscope itemtype="https://schema.org/DiscussionForumPosting">')).toBe(
      true,
    );
    expect(
      isDeclaredThread(`${canonical('https://example.org/2024/ropes')}<a href="/forum/">Forum</a>`),
    ).toBe(false);
  });
});

describe('commentBlocks', () => {
  const marked = (html: string): string[] => {
    const tree = parsePage(html)!;
    const blocks = cutBlocks(tree);
    const marks = commentBlocks(tree, blocks);
    return [...marks.keys()].filter((at) => marks[at] === 1).map((at) => blockText(tree, blocks, at));
  };

  it('is no commentary, no commentator and no commented code', () => {
    const names = ['commentary', 'match-commentator', 'commented-code', 'recommended', 'comments-count'];
    for (const name of names) expect(marked(`<h1>A</h1><div class="${name}"><p>B c d</p></div>`)).toEqual([]);
  });

  it('ends with the element around its heading', () => {
    const html = '<h1>A</h1><div><h3>12 Comments</h3><p>One</p><p>Two</p></div><p>Three</p>';
    expect(marked(html)).toEqual(['12 Comments', 'One', 'Two']);
  });

  it('never holds the heading of the page', () => {
    expect(marked('<div class="comments"><h1>A</h1><p>B</p></div>')).toEqual([]);
  });
});

it('knows a section by its heading whose topic is comments', () => {
  const prose = comments.map((text) => `<p>${text}</p>`).join('');
  const about = `<section id="comments-on-the-crossing"><h2>Comments on the crossing</h2>${prose}</section>`;
  expect(linesOf(page(about))).toEqual(expect.arrayContaining(comments));
});
