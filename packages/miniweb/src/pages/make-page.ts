/** From the card of an index to its page: URL, headers, body bytes and truth. */
import type { Web } from '../web/web.js';
import { blockedPage } from './blocked-page.js';
import { contentPage } from './content-page.js';
import { emptyPage } from './empty-page.js';
import { foreignPage, phraseBookPage } from './foreign-page.js';
import { junkPage } from './junk-page.js';
import { linkFarmPage } from './link-farm-page.js';
import { mirrorPage } from './mirror-page.js';
import type { MiniwebPage } from './page.js';
import { readerPage } from './reader-page.js';
import { revisitPage } from './revisit-page.js';

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
      return emptyPage(web, index, card.kind);
    case 'link-farm':
      return linkFarmPage(web, index);
    case 'foreign':
      return foreignPage(web, index, card);
    case 'phrase-book':
      return phraseBookPage(web, index);
    case 'junk':
      return junkPage(web, index, card.kind);
  }
}
