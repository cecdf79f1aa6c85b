import { describe, expect, it } from 'vitest';
import { extractText } from './extract-text.js';

const shell = (head: string, body = '<div id="root"></div>'): string =>
  `<!doctype html><html><head><title>Tides</title>${head}</head><body>${body}</body></html>`;
const linked = (item: unknown): string =>
  `<script type="application/ld+json">${JSON.stringify(item).replaceAll('</', '<\\/')}</script>`;
const textOf = (html: string, options: Parameters<typeof extractText>[1] = {}): string => {
  const found = extractText(html, options);
  return found.kind === 'keep' ? found.text : `dropped: ${found.reason}`;
};

const first =
  'The harbour fills twice a day, and those who moor there read the tables before they read the news.';
const second =
  'At the equinox the water stands a metre higher, so that the lower road is closed for an hour.';

describe('a page that is a shell', () => {
  it('has the body of its article', () => {
    const html = shell(
      linked({
        '@graph': [
          { '@type': 'WebSite', name: 'Post' },
          { '@type': ['NewsArticle'], articleBody: `${first}\n\n${second}` },
        ],
      }),
    );
    expect(textOf(html)).toBe(`${first}\n${second}`);
  });

  it('has it as what its HTML shows, parsed', () => {
    const body = `<h2>Spring</h2><p>${first} 3 < 4 &amp; 5</p><script>steal()</script><p style="display:none">bait</p></div></body><ul><li>${second}</li></ul>`;
    const html = shell(linked({ '@type': 'BlogPosting', articleBody: body }));
    expect(textOf(html)).toBe(`Spring\n${first} 3 < 4 & 5\n- ${second}`);
    expect(textOf(html, { format: 'markdown' })).toContain('## Spring\n\n');
    const escaped = body.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    expect(textOf(shell(linked({ '@type': 'BlogPosting', articleBody: escaped })))).toBe(textOf(html));
  });

  it('has the posts of a thread, and comments of an article where they are asked for', () => {
    const comment = [
      {
        '@type': 'Comment',
        text: second,
        comment: { '@type': 'Comment', text: 'Only if the wind is from the west.' },
      },
      { '@type': 'Comment', text: 'Thanks!' },
    ];
    const thread = shell(
      linked({ '@type': 'DiscussionForumPosting', headline: 'Tides', text: first, comment }),
    );
    const posts = [first, second, 'Only if the wind is from the west.', 'Thanks!'];
    expect(textOf(thread).split('\n')).toEqual(posts);
    const article = shell(linked({ '@type': 'Article', articleBody: `${first} ${first}`, comment }));
    expect(textOf(article)).toBe(`${first} ${first}`);
    expect(textOf(article, { comments: true }).split('\n')).toEqual([`${first} ${first}`, ...posts.slice(1)]);
  });

  it('has questions with their answers', () => {
    const question = {
      '@type': 'Question',
      name: 'When does the lower road close?',
      acceptedAnswer: { '@type': 'Answer', text: `<p>${second}</p>` },
      suggestedAnswer: [{ '@type': 'Answer', text: first }],
    };
    const html = shell(linked({ '@type': 'QAPage', mainEntity: question }));
    expect(textOf(html).split('\n')).toEqual([question.name, second, first]);
  });

  it('has the description of a product without its reviews, and ingredients and steps of a recipe', () => {
    const review = { '@type': 'Review', reviewBody: `${second} ${second} ${second}` };
    const product = shell(linked({ '@type': 'Product', description: `${first} ${second}`, review }));
    expect(textOf(product)).toBe(`${first} ${second}`);
    const recipe = {
      '@type': 'Recipe',
      description: first,
      recipeIngredient: ['2 onions', '1 kg of mussels'],
      recipeInstructions: [
        {
          '@type': 'HowToSection',
          name: 'Broth',
          itemListElement: [{ '@type': 'HowToStep', text: 'Cut the onions.' }],
        },
        { '@type': 'HowToStep', text: 'Steam the mussels until they open.' },
      ],
    };
    const steps = [
      '2 onions',
      '1 kg of mussels',
      'Broth',
      'Cut the onions.',
      'Steam the mussels until they open.',
    ];
    expect(textOf(shell(linked(recipe))).split('\n')).toEqual([first, ...steps]);
  });

  it('has what its scripts would fill it with', () => {
    const quoted = (json: string): string => json.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    const posts = [first, 'Thanks!', second].map((text) => ({ username: 'anna', cooked: `<p>${text}</p>` }));
    const topic = {
      topic_7: JSON.stringify({ post_stream: { posts }, title: 'Tides' }),
      site: '{"name":"Harbour"}',
    };
    const discourse = shell(
      '',
      `<div id="data-preloaded" data-preloaded="${quoted(JSON.stringify(topic))}"></div>`,
    );
    expect(textOf(discourse).split('\n')).toEqual([first, 'Thanks!', second]);
    const page = {
      props: { pageProps: { post: { slug: 'tides', body: `${first}\n${second}`, tags: ['sea'] } } },
    };
    const next = shell(
      '',
      `<script id="__NEXT_DATA__" type="application/json">${JSON.stringify(page)}</script>`,
    );
    expect(textOf(next).split('\n')).toEqual([first, second]);
    const state = shell('', `<script>window.__INITIAL_STATE__ = ${JSON.stringify(page)};</script>`);
    expect(textOf(state)).toBe(textOf(next));
  });

  it('has its description at the least, but not where precision is asked for', () => {
    const html = shell(`<meta property="og:description" content="${first} ${second}">`);
    expect(textOf(html)).toBe(`${first} ${second}`);
    expect(textOf(html, { mode: 'precision' })).toBe('dropped: empty');
  });

  it('is empty where its data says nothing, is broken or has no end', () => {
    const program = { code: 'function (a) { return a.map((b) => b + 1); } '.repeat(20) };
    for (const head of [
      linked({ '@type': 'Article', articleBody: 'Short.' }),
      `<script type="application/ld+json">{"@type":"Article","articleBody":"${first} ${second}</script>`,
      `<script type="application/json">${'['.repeat(200_000)}</script>`,
      `<script type="application/json">${JSON.stringify(program)}</script>`,
      linked(Array.from({ length: 5000 }, () => ({ '@type': 'Article' }))),
    ])
      expect(textOf(shell(head))).toBe('dropped: empty');
  });
});

it('a page with text of its own keeps it', () => {
  const body = `<nav><a href="/">Home</a></nav><article><h1>Tides</h1><p>${first}</p><p>${second}</p></article>`;
  const html = shell(linked({ '@type': 'Article', articleBody: `Other: ${first} ${second}` }), body);
  expect(textOf(html)).toBe(`${first}\n${second}`);
});

it('a page with the beginning of its text has the whole', () => {
  const whole = [
    first,
    second,
    'Boats that draw more than a metre leave with the ebb.',
    first.replace('twice', 'once'),
  ];
  const body = `<article><h1>Tides</h1><p>${first}</p></article>`;
  expect(
    textOf(shell(linked({ '@type': 'Article', articleBody: whole.join('\n') }), body)).split('\n'),
  ).toEqual(whole);
});
