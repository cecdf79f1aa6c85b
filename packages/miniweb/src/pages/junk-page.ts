/** Pages that exactly one text rule drops. */
import { type Block, blocksToText, slugOf } from '../content/block.js';
import { type JunkKind, junkMakers } from '../junk/junk.js';
import { isJudgedAs } from '../rules/rules.js';
import plain from '../texts/junk/plain.json' with { type: 'json' };
import { blockSize, isLongBlock } from '../web/deck.js';
import { pickSite, type Web } from '../web/web.js';
import { drawUntil } from './draw-until.js';
import { htmlPage } from './html-page.js';
import type { MiniwebPage } from './page.js';
import { pageUrl } from './page-url.js';

export function junkPage(web: Web, index: number, wanted: JunkKind): MiniwebPage {
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
    // An extractor may leave out a heading that repeats the title.
    (made) =>
      made.length > 0 &&
      [made, withoutTitle(made)].every((blocks) => isJudgedAs(blocksToText(blocks), reason, margin)),
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

function withoutTitle(blocks: readonly Block[]): readonly Block[] {
  return blocks[0]!.type === 'heading' ? blocks.slice(1) : blocks;
}

function titleOf(blocks: readonly Block[]): string {
  return blocks[0]!.type === 'heading' ? blocks[0]!.text : plain.headings.none;
}
