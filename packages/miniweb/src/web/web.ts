/** What every page of a seed shares. */
import { createRandom } from '@llm/core';
import { createSites, type Site, type SiteGroup } from '../html/site.js';
import { type FactBook, factBook } from '../world/facts.js';
import { type BlockedPlaces, blockedPlaces } from './blocklist.js';
import { blockSize, type Card, dealBlock } from './deck.js';

export interface Web {
  readonly seed: number | string;
  readonly book: FactBook;
  readonly sites: Readonly<Record<SiteGroup, readonly Site[]>>;
  readonly blocked: BlockedPlaces;
  /** The card of a page; the block dealt last is kept. */
  card(index: number): Card;
}

export function openWeb(seed: number | string): Web {
  const book = factBook(seed);
  let block = -1;
  let cards: readonly Card[] = [];
  return {
    seed,
    book,
    sites: createSites(book.world),
    blocked: blockedPlaces(seed),
    card: (index) => {
      const wanted = Math.floor(index / blockSize);
      if (wanted !== block) {
        block = wanted;
        cards = dealBlock(seed, wanted);
      }
      return cards[index % blockSize]!;
    },
  };
}

export function pickSite(web: Web, group: SiteGroup, index: number): Site {
  return createRandom(web.seed, 'miniweb-site', index).pick(web.sites[group]);
}
