/** From a card to the page: URL, headers, body bytes and truth. */
import { createRandom, type Random } from '@llm/core';
import { type Block, blocksToText, type Content, heading, paragraph, slugOf } from './content/block.js';
import { mirror } from './content/mirror.js';
import { blockSize, type Card, type CharsetChoice, isLongBlock, type UrlKind } from './deck.js';
import { encodeText } from './encoding.js';
import { type HtmlForm, renderDocument } from './html/document.js';
import { boilerplateOnly, linkFarm, scriptOnly } from './html/empty-pages.js';
import { site as createSite, type Site } from './html/site.js';
import { fillerSentences } from './junk/filler.js';
import { type JunkKind, junkMakers } from './junk/junk.js';
import { foreignPage } from './languages/foreign-page.js';
import { phraseBook } from './languages/phrase-book.js';
import { type MiniwebPage, type MiniwebTruth, pageDate } from './page.js';
import { readerPage } from './reader-pages.js';
import { originalOf } from './repeat.js';
import { isJudgedAs } from './rules/rules.js';
import { duplicateProbability } from './rules/shingles.js';
import { drawContent, drawUntil, keptMargin, pageUrl, pickSite, type Web } from './web.js';

interface HtmlPage {
  readonly url: string;
  readonly site: Site;
  readonly content: Content;
  readonly language: string;
  readonly form?: HtmlForm | undefined;
  readonly charset?: CharsetChoice | undefined;
  readonly truth: Partial<MiniwebTruth> & Pick<MiniwebTruth, 'keep' | 'kind'>;
}

/** Page `index` of a web. */
export function makePage(web: Web, index: number): MiniwebPage {
  const card = web.card(index);
  switch (card.type) {
    case 'content':
      return contentPage(web, index, card);
    case 'mirror':
      return mirrorPage(web, index, card.similarity);
    case 'url':
      return blockedPage(web, index, card.kind);
    case 'reader':
      return card.kind === 'revisit' ? revisitPage(web, index) : readerPage(web, index, card.kind);
    case 'empty':
      return emptyPage(web, index, card);
    case 'foreign': {
      const content = foreignPage(
        web.book.world,
        card.language,
        createRandom(web.seed, 'miniweb-page', index),
      );
      const site = pickSite(web, 'foreign', index);
      const truth = { keep: false, kind: 'foreign', step: 'language', reason: 'not-selected' } as const;
      return htmlPage(web, index, {
        url: pageUrl(site, content.slug, index),
        site,
        content,
        language: card.language,
        charset: card.charset,
        truth,
      });
    }
    case 'phrase-book': {
      const content = phraseBook(createRandom(web.seed, 'miniweb-page', index));
      const site = pickSite(web, 'foreign', index);
      const truth = { keep: false, kind: 'phrase-book', step: 'language', reason: 'low-score' } as const;
      return htmlPage(web, index, {
        url: pageUrl(site, content.slug, index),
        site,
        content,
        language: 'en',
        truth,
      });
    }
    case 'junk':
      return junkPage(web, index, card.kind);
  }
}

function contentPage(web: Web, index: number, card: Extract<Card, { type: 'content' }>): MiniwebPage {
  const { content, site, url } = drawContent(web, index, card);
  const { personalData } = content;
  const kind = card.form === undefined ? card.kind : `${card.form}-html`;
  return htmlPage(web, index, {
    url,
    site,
    content,
    language: 'en',
    form: card.form,
    charset: card.charset,
    truth: { keep: true, kind, ...(personalData && { personalData }) },
  });
}

function mirrorPage(web: Web, index: number, similarity: number): MiniwebPage {
  const original = originalOf(web, index);
  const source = drawContent(web, original.index, original.card);
  const copy = drawUntil(
    web,
    index,
    'mirror',
    (random) => mirror(source.content.blocks, similarity, fillerSentences(web.book, random, 40), random),
    // A word may be all that is left of a forum post's address line; the rules must still pass.
    ({ blocks, jaccard }) =>
      Math.abs(jaccard - similarity) < 0.03 && isJudgedAs(blocksToText(blocks), undefined, keptMargin),
  );
  const site = pickSite(web, 'mirror', index);
  const probability = duplicateProbability(copy.jaccard);
  const dropped = probability > 0.5;
  const text = blocksToText(copy.blocks);
  const { personalData } = source.content;
  return htmlPage(web, index, {
    url: pageUrl(site, source.content.slug, index),
    site,
    content: { ...source.content, blocks: copy.blocks },
    language: 'en',
    truth: {
      keep: !dropped,
      kind: similarity === 1 ? 'mirror' : 'near-mirror',
      ...(dropped && { step: 'minhash' as const, reason: 'duplicate' }),
      mirrorOf: { index: original.index, url: source.url },
      jaccard: copy.jaccard,
      duplicateProbability: probability,
      ...(personalData && {
        personalData: {
          emails: personalData.emails.filter((email) => text.includes(email)),
          addresses: personalData.addresses.filter((address) => text.includes(address)),
          privateAddresses: personalData.privateAddresses.filter((address) => text.includes(address)),
        },
      }),
    },
  });
}

function revisitPage(web: Web, index: number): MiniwebPage {
  const original = originalOf(web, index);
  const page = makePage(web, original.index);
  const { host, protocol, pathname, search } = new URL(page.url);
  return {
    ...page,
    index,
    url: `${protocol}//${host.startsWith('www.') ? host.slice(4) : `m.${host}`}${pathname}${search}`,
    date: pageDate(index),
    recordType: 'revisit',
    body: new Uint8Array(0),
    truth: {
      keep: false,
      step: 'reader',
      reason: 'not-response',
      language: 'und',
      kind: 'revisit',
      mainText: '',
      boilerplate: [],
      mirrorOf: { index: original.index, url: page.url },
    },
  };
}

const spam = [
  'Win big tonight with $, the first ticket is a gift.',
  'No risk, no waiting, only fun for grown ups at $.',
  'Thousands have joined $ already, and you can be next.',
  'Sign in to $ now and get your welcome bonus.',
  'The wheel of $ never stops, so play one more round.',
  'Ask for our secret list and tell nobody about $.',
];

function blockedPage(web: Web, index: number, kind: UrlKind): MiniwebPage {
  const random = createRandom(web.seed, 'miniweb-page', index);
  const [host, path, reason] = blockedAddress(web, index, kind, random);
  const site = createSite(host, random.pick(['divs', 'tables', 'bare'] as const), random);
  const name = site.name;
  const lines = random.shuffle([...spam]).map((line) => paragraph(line.replace('$', name)));
  const content = {
    title: `Welcome to ${name}`,
    blocks: [heading(`Welcome to ${name}`), ...lines],
    slug: '',
  };
  return htmlPage(web, index, {
    url: `https://${host}${path}`,
    site,
    content,
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

function emptyPage(web: Web, index: number, card: Extract<Card, { type: 'empty' }>): MiniwebPage {
  const random = createRandom(web.seed, 'miniweb-page', index);
  const site = pickSite(web, 'shop', index);
  const made =
    card.kind === 'boilerplate-only'
      ? boilerplateOnly(site, random)
      : card.kind === 'script-only'
        ? scriptOnly(site, random)
        : linkFarm(web.book.world, site, random);
  return {
    index,
    url: pageUrl(site, card.kind, index),
    date: pageDate(index),
    recordType: 'response',
    status: 200,
    statusText: 'OK',
    headers: [
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Server', 'nginx'],
    ],
    body: encodeText(made.html, 'utf-8'),
    truth: {
      keep: false,
      step: 'extraction',
      reason: 'empty',
      language: 'und',
      kind: card.kind,
      mainText: '',
      boilerplate: made.boilerplate,
    },
  };
}

function junkPage(web: Web, index: number, wanted: JunkKind): MiniwebPage {
  const kind =
    wanted === 'too-short' && isLongBlock(Math.floor(index / blockSize)) && isFirstOfBlock(web, index)
      ? 'too-long'
      : wanted;
  const { step, reason, margin, make } = junkMakers[kind];
  const blocks = drawUntil(
    web,
    index,
    kind,
    (random) => make(web.book, random),
    (made) => made.length > 0 && isJudgedAs(blocksToText(made), reason, margin),
  );
  const title = titleOf(blocks);
  const site = pickSite(web, 'shop', index);
  const content = { title, blocks, slug: slugOf(title.split(' ').slice(0, 4).join(' ')) };
  return htmlPage(web, index, {
    url: pageUrl(site, content.slug, index),
    site,
    content,
    language: 'en',
    truth: { keep: false, kind, step, reason },
  });
}

function isFirstOfBlock(web: Web, index: number): boolean {
  const card = web.card(index);
  for (let earlier = index - (index % blockSize); earlier < index; earlier++) {
    const other = web.card(earlier);
    if (other.type === 'junk' && card.type === 'junk' && other.kind === card.kind) return false;
  }
  return true;
}

function titleOf(blocks: readonly Block[]): string {
  return blocks[0]!.type === 'heading' ? blocks[0]!.text : 'Notes and news';
}

function htmlPage(web: Web, index: number, page: HtmlPage): MiniwebPage {
  const { content, charset } = page;
  const random = createRandom(web.seed, 'miniweb-html', index);
  const metaCharset =
    charset?.declared === 'meta'
      ? charset.name
      : charset === undefined && random.uniform() < 0.5
        ? 'utf-8'
        : undefined;
  const { html, boilerplate } = renderDocument(
    content.blocks,
    {
      title: content.title,
      language: page.language,
      site: page.site,
      form: page.form ?? 'clean',
      ...(metaCharset !== undefined && { metaCharset }),
    },
    random,
  );
  const declared = charset === undefined ? random.uniform() < 0.7 : charset.declared === 'header';
  return {
    index,
    url: page.url,
    date: pageDate(index),
    recordType: 'response',
    status: 200,
    statusText: 'OK',
    headers: [
      ['Content-Type', declared ? `text/html; charset=${charset?.name ?? 'utf-8'}` : 'text/html'],
      ['Server', random.pick(['nginx', 'Apache/2.4', 'Caddy', 'lighttpd/1.4'])],
      ...(random.uniform() < 0.3 ? [['Set-Cookie', `visit=${random.integer(1e9)}; Path=/`] as const] : []),
    ],
    body: encodeText(html, charset?.name ?? 'utf-8'),
    truth: {
      language: page.language,
      mainText: blocksToText(content.blocks),
      boilerplate,
      ...(charset && { charset }),
      ...page.truth,
    },
  };
}
