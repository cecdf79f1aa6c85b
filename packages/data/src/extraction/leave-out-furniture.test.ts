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

  const text = [
    'The old harbour was rebuilt after the storm of 1953, when most of the quays were swept away in a night.',
    'Engineers from three countries worked for eleven years on the new wall, which is two kilometres long.',
    'Fishing returned slowly, and today about forty boats land their catch every morning before six.',
  ];
  const article = (box: string, title = 'The harbour'): string =>
    page(
      `<main><article><h1>${title}</h1>${text.map((line) => `<p>${line}</p>`).join('')}${box}</article></main>`,
    ).replace('A shop', title);
  const notices = [
    'We and our 12 partners store or access information on a device, such as cookies, and process personal data.',
    'Wir nutzen auf dieser Seite Cookies und andere Dienste, einige von ihnen sind für den Betrieb nötig.',
    'En poursuivant votre navigation, vous acceptez l’utilisation de cookies pour vous proposer des services.',
    'Este sitio utiliza cookies propias y de terceros para mejorar la experiencia de quien lo visita.',
    'Мы используем файлы cookie, чтобы сделать сайт удобнее и показывать вам то, что интересно.',
    '当サイトではクッキーを使用しています。引き続き閲覧する場合は同意したものとみなします。詳しくはこちら。',
    'You have reached your limit of free articles for this month. Sign in or subscribe.',
    'This story is for subscribers only, and costs less than a cup of coffee a week.',
  ];

  it.each(notices)(
    'takes a notice that no name tells out of an article, with its heading and buttons: %s',
    (said) => {
      const box = `<div class="x7"><h3>One moment</h3><p>${said}</p><button>Go on</button></div>`;
      const found = extractText(article(box));
      expect(found).toMatchObject({ kind: 'keep', text: text.join('\n') });
    },
  );

  it('keeps sentences about such notices where the page is about them', () => {
    const about =
      'This website uses cookies only where they are needed, and the next section says which of them are.';
    const found = extractText(article(`<h2>What we keep</h2><p>${about}</p>`, 'Privacy at the harbour'));
    expect(found).toMatchObject({ kind: 'keep', text: expect.stringContaining(about) as string });
  });
});
