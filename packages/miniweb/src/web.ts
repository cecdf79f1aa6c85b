/** What every page of a seed shares, and the drawing of content: the same for a page and for the mirrors that copy it. */
import { createRandom, LlmError, type Random } from '@llm/core';
import { type BlockedPlaces, blockedPlaces } from './blocklist.js';
import { type Block, blocksToText, type Content, paragraph } from './content/block.js';
import { contentMakers } from './content/content-page.js';
import { worldSlots } from './content/world-slots.js';
import { blockSize, type Card, dealBlock } from './deck.js';
import { createSites, type Site, type SiteGroup } from './html/site.js';
import { isJudgedAs } from './rules/rules.js';
import { sentence } from './text/phrase.js';
import { type FactBook, factBook } from './world/facts.js';

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

/** The distance every kept page has from every threshold. */
export const keptMargin = 0.04;

/** Draws until `judge` is content: a page is only let out when the rules say what its truth says. */
export function drawUntil<T>(
  web: Web,
  index: number,
  kind: string,
  draw: (random: Random) => T,
  judge: (drawn: T) => boolean,
): T {
  for (let attempt = 0; attempt < 400; attempt++) {
    const drawn = draw(createRandom(web.seed, 'miniweb-page', index, attempt));
    if (judge(drawn)) return drawn;
  }
  throw new LlmError({
    code: 'miniweb/no-page',
    message: `Page ${index} (${kind}) met another rule than intended in 400 draws. This is a fault of the generator: report the seed ${web.seed}.`,
    details: { index, kind },
  });
}

export interface Drawn {
  readonly content: Content;
  readonly site: Site;
  readonly url: string;
}

/** The content page at an index, as its site shows it. */
export function drawContent(web: Web, index: number, card: Extract<Card, { type: 'content' }>): Drawn {
  const maker = contentMakers[card.kind];
  const content = drawUntil(
    web,
    index,
    card.kind,
    (random) => {
      const made = maker.make(web.book, random);
      return card.charset === undefined ? made : withTypography(web, made, random);
    },
    (made) => isJudgedAs(blocksToText(made.blocks), undefined, keptMargin),
  );
  const site = pickSite(web, maker.group, index);
  return { content, site, url: pageUrl(site, content.slug, index) };
}

export function pickSite(web: Web, group: SiteGroup, index: number): Site {
  return createRandom(web.seed, 'miniweb-site', index).pick(web.sites[group]);
}

/** Addresses in the styles of several content systems; the page number makes each unique. */
export function pageUrl(site: Site, slug: string, index: number): string {
  const name = slug === '' ? 'page' : slug;
  switch (site.host.length % 4) {
    case 0:
      return `https://${site.host}/${name}-${index}.html`;
    case 1:
      return `https://${site.host}/pages/${index}/${name}`;
    case 2:
      return `http://${site.host}/index.php?topic=${name}&id=${index}`;
    default:
      return `https://${site.host}/${2019 + (index % 6)}/${name}-${index}/`;
  }
}

/** Typographic quotes and accented words: what makes windows-1252 differ from ASCII. */
function withTypography(web: Web, content: Content, random: Random): Content {
  const curl = (text: string): string => text.replace(/"([^"]*)"/g, '“$1”').replaceAll("'", '’');
  const tell = (pattern: string): string => sentence(pattern, worldSlots(web.book.world, random), random);
  const extra = paragraph(
    tell(
      'The {café|old café} near the $place of $town {sells|bakes} crème cakes for $number £ – {a fair|not a small} price, as $first says.',
    ),
    tell(
      'Its owner, a {naïve|proud} $job, calls {them|it} “the {pride|best} of $town” and {gives|offers} {every guest|each child} a $thing.',
    ),
  );
  const blocks: Block[] = content.blocks.map((block) => ({ ...block, text: curl(block.text) }));
  return { ...content, title: curl(content.title), blocks: [...blocks, extra] };
}
