import { describe, expect, it } from 'vitest';
import { chooseContent, extractionModes } from './choose-content.js';
import { parsePage } from './page-tree.js';
import { renderText } from './render-text.js';

const sentences = [
  'The ferry leaves the northern pier at a quarter past seven, and whoever misses it waits for the next tide.',
  'Its captain, who has crossed the sound eleven thousand times, keeps a notebook of every whale that he saw.',
  'The engine was built in Gdansk, replaced twice, and can be heard on both shores when the wind comes from the west.',
  'On the island there are four farms, a school with nine children and a shop that opens when somebody rings.',
];
const links = (count: number): string =>
  Array.from(
    { length: count },
    (_, at) => `<li><a href="/s${at}">Another story ${at} of the week</a></li>`,
  ).join('');
const html = `<!doctype html><title>The ferry</title><nav><ul>${links(8)}</ul></nav><article><h1>The ferry</h1>${sentences
  .map((sentence) => `<p>${sentence}</p>`)
  .join(
    '',
  )}<p class="byline">By Ida Holm</p></article><aside class="related"><h3>More stories</h3><ul>${links(6)}</ul></aside>`;

const choose = (page: string, mode: (typeof extractionModes)[number], comments = false) => {
  const tree = parsePage(page)!;
  const chosen = chooseContent(tree, page, { mode, comments });
  return { ...chosen, lines: renderText(tree, [0], chosen.discarded).split('\n') };
};

describe('chooseContent', () => {
  it('keeps more from mode to mode', () => {
    const [precision, balanced, recall] = extractionModes.map((mode) => choose(html, mode).lines);
    for (const line of precision!) expect(balanced).toContain(line);
    for (const line of balanced!) expect(recall).toContain(line);
    expect(precision).toEqual(expect.arrayContaining(sentences));
    expect(balanced!.join()).not.toContain('Another story');
  });

  it('keeps a catalogue that is hidden until a script shows it', () => {
    const cards = Array.from(
      { length: 24 },
      (_, at) =>
        `<li class="card"><h3>Walnut chair no. ${at}</h3><p>Oiled walnut and linen, €${90 + at}</p></li>`,
    ).join('');
    const catalogue = (style: string): string =>
      `<!doctype html><title>Chairs</title><nav><ul>${links(5)}</ul></nav><main><h1>Chairs</h1><div style="${style}"><ul class="products">${cards}</ul></div></main>`;
    const shown = choose(catalogue(''), 'balanced').lines;
    expect(shown.filter((line) => line.includes('Oiled walnut'))).toHaveLength(24);
    const hidden = choose(catalogue('display:none'), 'recall').lines;
    expect(hidden.filter((line) => line.includes('Oiled walnut'))).toHaveLength(24);
  });

  it('says how sure it is', () => {
    expect(choose(html, 'balanced').confidence).toBeGreaterThan(0.7);
    const list = choose(`<!doctype html><ul>${links(40)}</ul>`, 'balanced');
    expect(list.confidence).toBeLessThan(choose(html, 'balanced').confidence);
  });

  it('says the same whatever page came before', () => {
    const first = choose(html, 'balanced');
    choose(html.replaceAll('class="', 'class="x1-'), 'recall');
    expect(choose(html, 'balanced')).toEqual(first);
  });

  it('takes the second copy of a paragraph away, but no refrain', () => {
    const copied = html.replace(
      '</article>',
      `</article><section class="mobile"><div><p>${sentences[0]}</p></div></section>`,
    );
    expect(choose(copied, 'recall').lines.filter((line) => line === sentences[0])).toHaveLength(1);
    const beside = sentences
      .map((line) => `<p class="d-none d-md-block">${line}</p><p class="d-md-none">${line}</p>`)
      .join('');
    const twice = html.replace(/<article>.*<\/article>/s, `<article><h1>The ferry</h1>${beside}</article>`);
    expect(choose(twice, 'balanced').lines).toEqual(sentences);
    const folded = html.replace('<article>', `<article><p hidden>${sentences[2]}</p>`);
    expect(choose(folded, 'balanced').lines.indexOf(sentences[2]!)).toBe(2);
    expect(choose(folded, 'balanced').lines.filter((line) => line === sentences[2])).toHaveLength(1);
    const refrain = html.replace('<p class="byline">', `<p>${sentences[0]}</p><p class="byline">`);
    expect(choose(refrain, 'balanced').lines.filter((line) => line === sentences[0])).toHaveLength(2);
    const said = sentences[1]!.replace('captain', 'mate');
    const part = `<div><p>${said}</p><p>Nobody else on the sound has one.</p></div>`;
    const again = html.replace(
      '</article>',
      `${part}<h2>Whales</h2>${part.replace('else', 'here')}</article>`,
    );
    expect(choose(again, 'balanced').lines.filter((line) => line === said)).toHaveLength(2);
  });
});
