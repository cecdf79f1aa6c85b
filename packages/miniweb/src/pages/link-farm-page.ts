/**
 * A farm of links. They are all the page has, so extraction yields them, as it does the entries of any list;
 * what is wrong with them is that they repeat each other.
 */
import { encodeText } from '../charsets/encode-text.js';
import { blocksToText, item } from '../content/block.js';
import { linkFarm } from '../html/link-farm.js';
import { isJudgedAs } from '../rules/rules.js';
import { pickSite, type Web } from '../web/web.js';
import { drawUntil, keptMargin } from './draw-until.js';
import { type MiniwebPage, pageDate } from './page.js';
import { pageUrl } from './page-url.js';

export function linkFarmPage(web: Web, index: number): MiniwebPage {
  const kind = 'link-farm';
  const reason = 'top_2_gram';
  const site = pickSite(web, 'shop', index);
  const textOf = (entries: readonly string[]): string => blocksToText(entries.map(item));
  const { html, entries } = drawUntil(
    web,
    index,
    kind,
    (random) => linkFarm(web.book.world, site, random),
    (drawn) => isJudgedAs(textOf(drawn.entries), reason, keptMargin),
  );
  return {
    index,
    url: pageUrl(site, kind, index),
    date: pageDate(index),
    recordType: 'response',
    status: 200,
    statusText: 'OK',
    headers: [
      ['Content-Type', 'text/html; charset=utf-8'],
      ['Server', 'nginx'],
    ],
    body: encodeText(html, 'utf-8'),
    truth: {
      keep: false,
      step: 'gopher-repetition',
      reason,
      language: 'en',
      kind,
      mainText: textOf(entries),
      boilerplate: [],
    },
  };
}
