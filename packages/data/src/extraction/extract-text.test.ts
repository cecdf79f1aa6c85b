import { describe, expect, it } from 'vitest';
import { extractText } from './extract-text.js';

const paragraphs = [
  'The old harbour of the town was built with stones that were carried down the river by boat, and many of them have names of the builders on their lower side.',
  'Every spring the fishermen paint the doors of their huts in the colours that their grandparents chose, so that each family can be told from far out on the water.',
  'A small museum beside the lighthouse shows nets, lamps and letters, and on Sundays a retired captain explains to the visitors how the harbour bell was cast.',
  'In winter the water is quiet, the cranes are covered with canvas, and the only sound is the wind that moves the ropes against the masts of the three boats that stay.',
];
const body = paragraphs.map((paragraph) => `<p>${paragraph}</p>`).join('\n');
const nav =
  '<nav><ul><li><a href="/">Startpage</a></li><li><a href="/a">Archive of links</a></li></ul></nav>';
const footer = '<footer><p>Copyright by the publisher, all rights reserved</p></footer>';

const text = (html: string): string => {
  const result = extractText(html);
  return result.kind === 'keep' ? result.text : `(${result.reason})`;
};
const lines = (html: string): string[] => text(html).split('\n');
const page = (content: string): string =>
  `<!doctype html><html><head><title>The  harbour</title><style>p { color: red }</style></head><body>${nav}${content}${footer}` +
  '<script>var tracking = "<p>not a paragraph</p>";</script></body></html>';

describe('extractText', () => {
  it.each(['article', 'main', 'div', 'section'])(
    'keeps every paragraph in a %s and nothing around it',
    (tag) => {
      const result = extractText(page(`<${tag}>${body}</${tag}>`));
      expect(result).toEqual({
        kind: 'keep',
        text: paragraphs.join('\n'),
        title: 'The harbour',
        metadata: { title: 'The harbour' },
        confidence: expect.closeTo(1, 1),
      });
    },
  );

  it('keeps paragraphs that stand in the body itself', () => {
    const found = text(page(body));
    for (const paragraph of paragraphs) expect(found).toContain(paragraph);
    for (const noise of ['Startpage', 'Archive', 'Copyright', 'tracking', 'color'])
      expect(found).not.toContain(noise);
  });

  it('keeps the paragraphs in their order without those of scripts, styles, forms and comments', () => {
    const inside =
      `<p>${paragraphs[0]}</p><script>alert(1)</script><style>.x{}</style><!-- a comment --><p>${paragraphs[1]}</p>` +
      `<noscript>Enable it</noscript><template><p>never shown</p></template><svg><text>drawn</text></svg>` +
      `<select><option>First choice</option></select><p hidden>secret</p><p style="display:none">unseen</p><p>${paragraphs[2]}</p>`;
    expect(lines(page(`<article>${inside}</article>`))).toEqual(paragraphs.slice(0, 3));
  });

  it('decodes entities and collapses white space as a browser does', () => {
    const coded =
      'Caf&eacute; &amp; bar &lt;open&gt; at 5&nbsp;&euro;, &#8220;caf&#xE9;&#8221;\n\t and   more words, so that this line is a sentence.';
    expect(lines(page(`<article>${body}<p>${coded}</p></article>`)).at(-1)).toBe(
      'Café & bar <open> at 5 €, “café” and more words, so that this line is a sentence.',
    );
  });

  it('keeps words apart at breaks and together at inline elements', () => {
    const inside = `${body}<p>The har<b>bour</b> of <a href="/t">the town</a> has<br>a second line that is long enough to be one of the page.</p>`;
    expect(lines(page(`<article>${inside}</article>`)).slice(-2)).toEqual([
      'The harbour of the town has',
      'a second line that is long enough to be one of the page.',
    ]);
  });

  it('reads broken HTML', () => {
    const open = paragraphs.map((paragraph) => `<p class=x>${paragraph}`).join('');
    expect(lines(`<article>${open}`)).toEqual(paragraphs);
    expect(lines(`<div><b><article>${open}</b></div></p></article></i>`)).toEqual(paragraphs);
    expect(lines(`<body><article>${body}<p>An end without a tag <a href="x`).slice(0, 4)).toEqual(paragraphs);
    expect(lines(`<ARTICLE>${body.toUpperCase()}</ARTICLE>`)).toEqual(
      paragraphs.map((paragraph) => paragraph.toUpperCase()),
    );
  });

  it.each(['div', 'b', 'ul><li', 'table><tr><td', 'blockquote'])('reads 10,000 levels of <%s>', (tag) => {
    const deep = `<${tag}>`.repeat(10_000);
    expect(text(`<html><body>${deep}<p>${paragraphs[0]}</p>`)).toContain(paragraphs[0]);
  });

  it('says that a page without text is empty', () => {
    for (const html of [
      '',
      '   ',
      '<html></html>',
      '<script>x()</script>',
      '<img src="a.png">',
      '<!-- only -->',
    ])
      expect(extractText(html)).toEqual({ kind: 'drop', reason: 'empty' });
  });

  it('gives up on pages beyond its limits', () => {
    const dropped = { kind: 'drop', reason: 'timeout' };
    expect(extractText(page(body), { maxCharacters: 100 })).toEqual(dropped);
    expect(extractText('<i>x</i>'.repeat(1000), { maxNodes: 1999 })).toEqual(dropped);
    expect(extractText(page(`<article>${body}</article>`), { maxNodes: 100 }).kind).toBe('keep');
  });

  it('gives Markdown, blocks and links where they are asked for', () => {
    const html = page(
      `<article><h2>The <code>bell</code></h2>${body}<p>See <a href="/museum">the museum of the harbour</a> on Sundays, when it is open to all visitors.</p></article>`,
    );
    const url = 'https://harbour.example/town/';
    const markdown = extractText(html, { format: 'markdown', links: true, url });
    expect(markdown.kind === 'keep' && markdown.text).toBe(
      `## The \`bell\`\n\n${paragraphs.join('\n\n')}\n\nSee [the museum of the harbour](https://harbour.example/museum) on Sundays, when it is open to all visitors.`,
    );
    const blocks = extractText(html, { format: 'blocks', links: true, url });
    expect(blocks.kind === 'keep' && [blocks.blocks?.[0], blocks.blocks?.at(-1)]).toEqual([
      { type: 'heading', level: 2, text: 'The bell', links: [] },
      {
        type: 'paragraph',
        text: 'See the museum of the harbour on Sundays, when it is open to all visitors.',
        links: [{ text: 'the museum of the harbour', url: 'https://harbour.example/museum' }],
      },
    ]);
    expect(() => extractText(html, { links: true })).toThrow(/plain text holds none/);
    expect(() => extractText(html, { format: 'html' as 'text' })).toThrow(/there is no "html"/);
  });

  it('reads XHTML as XML where the server says so', () => {
    const html = `<html><head><script src="a.js"/></head><body><div>${body}</div></body></html>`;
    expect(lines(html)).toEqual(['(empty)']);
    const result = extractText(html, { contentType: 'application/xhtml+xml' });
    expect(result.kind === 'keep' && result.text).toBe(paragraphs.join('\n'));
  });

  it('is a pure function of the page', () => {
    const html = page(`<article>${body}</article>`);
    expect(extractText(html)).toEqual(extractText(html));
  });

  // Names that templates give to boilerplate, on an element inside a sentence.
  it.each(
    'link links share social tooltip ad ads widget promo banner sponsored related nav menu button btn caption credit author byline date meta tag tags hidden label badge icon source footnote popup toast rating vote print comment reply login follow more'.split(
      ' ',
    ),
  )('takes no word out of a sentence for the class "%s"', (name) => {
    for (const tag of ['a href="/x"', 'span', 'em']) {
      const sentence = `The first <${tag} class="${name}" id="${name}-1">airline</${tag.split(' ')[0]}> of the island flew twice a week to the mainland, and carried more letters than people.`;
      expect(text(page(`<article>${body}<p>${sentence}</p></article>`))).toContain(
        'The first airline of the island flew',
      );
    }
  });

  it('keeps the text when a link is never closed, and prose that is a link as a whole', () => {
    const open = text(page(`<article><p>${paragraphs[0]} <a href="/x">more</p>${body}</article>`));
    for (const paragraph of paragraphs) expect(open).toContain(paragraph);
    const linked = paragraphs.map((paragraph) => `<a href="/story"><p>${paragraph}</p></a>`).join('');
    for (const paragraph of paragraphs) expect(text(page(`<main>${linked}</main>`))).toContain(paragraph);
  });

  it('does not repeat the title as the first line', () => {
    expect(lines(page(`<article><h1>The harbour</h1>${body}</article>`))[0]).toBe(paragraphs[0]);
  });

  it.each(['sidebar', 'footer-content', 'popup', 'comments', 'newsletter'])(
    'keeps an article in an element of class %s',
    (name) => {
      for (const paragraph of paragraphs)
        expect(text(page(`<div class="${name}">${body}</div>`))).toContain(paragraph);
    },
  );

  it('leaves out consent boxes, paywalls and lists of other stories', () => {
    const consent =
      '<div id="onetrust-consent-sdk"><div class="onetrust-pc-dark-filter"></div><div id="onetrust-banner-sdk" role="dialog"><h2>We value your privacy</h2><p>We and our partners store and access information on a device, such as cookies, and process personal data. You may accept or manage your choices.</p><button>Accept all</button></div></div>';
    const more = `<div class="more-stories"><h3>More stories</h3><ul>${'<li><a href="/s">The bridge was opened after nine years of work</a></li>'.repeat(5)}</ul></div>`;
    const found = text(page(`<article>${body}</article>${more}${consent}`));
    for (const noise of ['Accept all', 'We and our partners', 'The bridge was opened'])
      expect(found).not.toContain(noise);
  });

  it('keeps answers that a click opens, not what is never shown', () => {
    const panels = paragraphs
      .map(
        (paragraph, at) =>
          `<h3><button>Question ${at}?</button></h3><div class="panel" style="display:none"><p>${paragraph}</p></div>`,
      )
      .join('');
    expect(lines(page(`<main>${panels}</main>`))).toEqual(
      paragraphs.flatMap((paragraph, at) => [`Question ${at}?`, paragraph]),
    );
  });

  it('keeps sections whatever their ids and headings are, tables and lists under them too', () => {
    const section = (id: string, heading: string, inner: string): string =>
      `<section id="${id}"><h2>${heading}</h2>${inner}</section>`;
    const table =
      '<table><tr><th>Key</th><th>Value</th></tr><tr><td>threads</td><td>8</td></tr><tr><td>cache</td><td>512 MB</td></tr></table>';
    const found = text(
      page(
        `<main>${body}${section('discussion', 'Discussion', `<p>${paragraphs[1]?.replace('Every', 'Each')}</p>`)}` +
          `${section('recommended-settings', 'Recommended settings', table)}` +
          `${section('similar-species', 'Similar species', '<ul><li>Mew gull: yellow legs, dark eye</li><li>Herring gull: pink legs, pale eye</li></ul>')}</main>`,
      ),
    );
    for (const kept of [
      'Discussion',
      'Each spring',
      'Recommended settings',
      'threads | 8',
      'cache | 512 MB',
      '- Mew gull: yellow legs',
    ])
      expect(found).toContain(kept);
  });

  it('refuses a mode that there is not', () => {
    expect(() => extractText(body, { mode: 'strict' as never })).toThrow(
      /mode: there is no "strict"; one of precision, balanced, recall/,
    );
  });
});
