/** Spam at addresses that a URL filter must drop. */
import { createRandom, type Random } from '@llm/core';
import { heading, paragraph } from '../content/block.js';
import { createSite } from '../html/site.js';
import { phrase, type SlotsOf } from '../patterns/phrase.js';
import texts from '../texts/junk/spam.json' with { type: 'json' };
import { blockSize, type UrlKind } from '../web/deck.js';
import type { Web } from '../web/web.js';
import { htmlPage } from './html-page.js';
import type { MiniwebPage } from './page.js';

export function blockedPage(web: Web, index: number, kind: UrlKind): MiniwebPage {
  const random = createRandom(web.seed, 'miniweb-page', index);
  const [host, path, reason] = blockedAddress(web, index, kind, random);
  const site = createSite(host, random.pick(['divs', 'tables', 'bare'] as const), random);
  const own: SlotsOf<typeof texts> = { name: site.name };
  const lines = random.shuffle([...texts.lines]).map((line) => paragraph(phrase(line, own, random)));
  const title = phrase(texts.title, own, random);
  return htmlPage(web, index, {
    url: `https://${host}${path}`,
    site,
    content: { title, blocks: [heading(title), ...lines], slug: '' },
    language: 'en',
    truth: { keep: false, kind: 'spam', step: 'url', reason, mainText: '' },
  });
}

function blockedAddress(
  web: Web,
  index: number,
  kind: UrlKind,
  random: Random,
): [host: string, path: string, reason: UrlKind] {
  const town = random.pick(web.book.world.towns).name.toLowerCase();
  const path = `/${random.pick(['play', 'start', 'welcome', 'offer'])}/${index}`;
  switch (kind) {
    case 'domain':
      return [(random.uniform() < 0.5 ? 'www.' : '') + random.pick(web.blocked.registered), path, kind];
    case 'subdomain':
      return [random.pick(web.blocked.hosts), path, kind];
    case 'url': {
      // One exact address a block while the list lasts; a blocked domain after that, with the truth to match.
      const address = web.blocked.urls[Math.floor(index / blockSize)];
      if (address === undefined) return [random.pick(web.blocked.registered), path, 'domain'];
      const { host, pathname } = new URL(address);
      return [host, pathname, kind];
    }
    case 'hard_blacklisted':
      return [
        `pictures-${town}.com`,
        `/${random.pick(['xxx', 'porn', 'hentai', 'milf'])}/page-${index}.html`,
        kind,
      ];
    case 'soft_blacklisted': {
      const [one, two] = random.shuffle(['sexy', 'nude', 'lingerie', 'erotic', 'naked']) as [string, string];
      return [`www.${town}-models.net`, `/${one}-and-${two}/${index}`, kind];
    }
    case 'blacklisted_subword':
      return [
        `${town}-videos.com`,
        `/watch/${random.pick(['best', 'my', 'more', 'new'])}pornhub${random.pick(['clips', 'list', 'fans', 'links'])}-${index}.html`,
        kind,
      ];
  }
}
