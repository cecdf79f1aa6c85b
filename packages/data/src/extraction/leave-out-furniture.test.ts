import { describe, expect, it } from 'vitest';
import { extractText } from './extract-text.js';

const notice = 'This website uses cookies. Read our cookie policy or accept';
const others =
  '<aside><ul><li><a href="/1">You might also enjoy our summer photo contest</a></li><li><a href="/2">Editors picks</a></li></ul></aside>';
const around = `<header><nav><a href="/">Home page</a> <a href="/map">Site map</a></nav></header>${others}<footer><p>All rights reserved. Imprint and terms of use</p></footer>`;
const page = (body: string): string =>
  `<!doctype html><html lang="en"><title>A shop</title><body>${body}</body></html>`;

describe('leaveOutFurniture', () => {
  it.each(['cookie-banner', 'cookieConsent', 'gdpr_notice shown', 'cc onetrust'])(
    'a page with nothing but what stands around pages is empty: %s',
    (name) => {
      const found = extractText(page(`${around}<div class="${name}">${notice}</div>`));
      expect(found).toMatchObject({ kind: 'drop', reason: 'empty' });
    },
  );

  it('keeps a page about cookies, and boxes of that name with something else in them', () => {
    const recipe =
      'Beat the butter with the sugar until it is pale, add the egg and the flour, and chill the dough for an hour.';
    const about = `<article class="cookie-policy"><h1>Cookies</h1><p>${notice}: a cookie is a small file that a browser keeps for a site, and this page says which of them we set and why.</p></article>`;
    expect(extractText(page(`${around}${about}`))).toMatchObject({ kind: 'keep' });
    const baking = extractText(page(`${around}<div class="cookie-box"><p>${recipe}</p></div>`));
    expect(baking).toMatchObject({ kind: 'keep', text: expect.stringContaining(recipe) as string });
  });

  it('keeps the prose of a page that is all header', () => {
    const prose =
      'The mill at the river has not turned since the flood of last spring, and its owner wants to sell it to the town.';
    const found = extractText(page(`<header><h1>The mill</h1><p>${prose}</p></header>`));
    expect(found).toMatchObject({ kind: 'keep', text: expect.stringContaining(prose) as string });
  });
});
