/** Pages worth keeping; what they say is drawn the same way for a page and for the mirrors that copy it. */
import type { Random } from '@llm/core';
import { type Block, blocksToText, type Content, paragraph } from '../content/block.js';
import { type ContentKind, contentMakers } from '../content/content-makers.js';
import { teller } from '../content/world-slots.js';
import type { Site, SiteGroup } from '../html/site.js';
import { isJudgedAs } from '../rules/rules.js';
import texts from '../texts/content/typography.json' with { type: 'json' };
import type { ContentCard } from '../web/deck.js';
import { pickSite, type Web } from '../web/web.js';
import { drawUntil, keptMargin } from './draw-until.js';
import { htmlPage } from './html-page.js';
import type { MiniwebPage } from './page.js';
import { pageUrl } from './page-url.js';

const groups: Readonly<Record<ContentKind, SiteGroup>> = {
  encyclopedia: 'encyclopedia',
  story: 'stories',
  'arithmetic-lesson': 'lessons',
  'spelling-lesson': 'lessons',
  questions: 'questions',
  recipe: 'recipes',
  news: 'news',
  forum: 'forum',
  almanac: 'encyclopedia',
  quiz: 'questions',
  'reading-exercise': 'lessons',
  register: 'lessons',
  'word-game': 'lessons',
};

export function contentPage(web: Web, index: number, card: ContentCard): MiniwebPage {
  const { content, site, url } = drawContent(web, index, card);
  const kind = card.form === undefined ? card.kind : `${card.form}-html`;
  return htmlPage(web, index, {
    url,
    site,
    content,
    language: 'en',
    form: card.form,
    charset: card.charset,
    truth: { keep: true, kind, personalData: content.personalData },
  });
}

interface Drawn {
  readonly content: Content;
  readonly site: Site;
  readonly url: string;
}

/** The content page at an index, as its site shows it. */
export function drawContent(web: Web, index: number, card: ContentCard): Drawn {
  const content = drawUntil(
    web,
    index,
    card.kind,
    (random) => {
      const made = contentMakers[card.kind](web.book, random);
      return card.charset === undefined ? made : withTypography(web, made, random);
    },
    (made) => isJudgedAs(blocksToText(made.blocks), undefined, keptMargin),
  );
  const site = pickSite(web, groups[card.kind], index);
  return { content, site, url: pageUrl(site, content.slug, index) };
}

/** Typographic quotes and accented words: what makes windows-1252 differ from ASCII. */
function withTypography(web: Web, content: Content, random: Random): Content {
  const curl = (text: string): string => text.replace(/"([^"]*)"/g, '“$1”').replaceAll("'", '’');
  const extra = paragraph(...texts.paragraph.map(teller(web.book.world, random)));
  const blocks: Block[] = content.blocks.map((block) => ({ ...block, text: curl(block.text) }));
  return { ...content, title: curl(content.title), blocks: [...blocks, extra] };
}
