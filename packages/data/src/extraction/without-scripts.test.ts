import { describe, expect, it } from 'vitest';
import { nameNumber } from '../html/element-names.js';
import { extractText } from './extract-text.js';
import { parsePage } from './page-tree.js';

const posts = [
  'The bell of our harbour has been silent since the storm, and I wonder whether anybody here has mended a bell of that size before.',
  'We had the same trouble two years ago: the clapper had come off its hinge, and a smith made a new one from the old drawings in a week.',
  'Do not weld it while it hangs. Take it down, warm it slowly over a day, and let somebody who has cast bells look at the crack first.',
];
const post = (text: string, index: number): string =>
  `<div itemprop="comment" class="topic-body crawler-post"><div class="crawler-post-meta"><span class="creator">` +
  `<a href="/u/user${index}">user${index}</a></span><span class="crawler-post-infos"><time>March ${index + 1}, 2024</time>` +
  `</span></div><div class="post" itemprop="text"><p>${text}</p></div></div>`;
const thread = posts.map(post).join('');
const page = (body: string): string =>
  `<!doctype html><html><head><title>A silent bell</title><noscript><link rel="stylesheet" href="x.css"></noscript></head>` +
  `<body class="crawler">${body}</body></html>`;
const textOf = (html: string): string => {
  const result = extractText(html);
  return result.kind === 'keep' ? result.text : `(${result.reason})`;
};

describe('a page that scripts write', () => {
  it('is read from its noscript, every post of it', () => {
    const text = textOf(
      page(
        `<noscript><header><a href="/">Harbours</a></header><div id="main-outlet">${thread}</div></noscript>` +
          '<section id="main"><div class="spinner">Loading</div></section><script>start("<p>no")</script>',
      ),
    );
    for (const one of posts) expect(text).toContain(one);
    expect(text).not.toContain('Loading');
  });

  it('is not what has a notice, or a second copy of its text, in noscript', () => {
    const notice = `<noscript><p>${'Please turn on JavaScript in your browser, this page works better with it. '.repeat(4)}</p></noscript>`;
    const text = textOf(page(`${notice}<main>${posts.map((one) => `<p>${one}</p>`).join('')}</main>`));
    expect(text).toBe(posts.join('\n'));
    expect(textOf(page(`<main>${thread}</main><noscript>${thread}</noscript>`))).toBe(
      textOf(page(`<main>${thread}</main>`)),
    );
  });

  it('is not what has code of pictures and frames in noscript, however long', () => {
    const pictures = `<noscript><img src="${'a'.repeat(2000)}"><iframe>${posts[0]}</iframe></noscript>`;
    expect(textOf(page(`<p>A line.</p>${pictures}`))).toBe(textOf(page('<p>A line.</p>')));
    expect(parsePage(page(pictures))!.document.scripting).toBe(true);
  });

  it('has the noscript elements of its body in the tree, as the standard with scripting off', () => {
    const tree = parsePage(page(`<noscript><p>${posts.join(' ')}<noscript><b>x</b></noscript>y</noscript>`))!;
    const at = tree.name.indexOf(nameNumber('noscript'));
    const rest = Array.from({ length: tree.size - at }, (_, below) => tree.tagOf(at + below));
    expect(rest).toEqual(['noscript', 'p', '#text', 'noscript', 'b', '#text', '#text']);
  });
});
