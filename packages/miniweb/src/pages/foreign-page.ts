/** Pages that language identification must drop: other languages, and English among six of them. */
import { createRandom } from '@llm/core';
import { foreignText } from '../languages/foreign-text.js';
import { phraseBook } from '../languages/phrase-book.js';
import type { ForeignCard } from '../web/deck.js';
import { pickSite, type Web } from '../web/web.js';
import { htmlPage } from './html-page.js';
import type { MiniwebPage } from './page.js';
import { pageUrl } from './page-url.js';

export function foreignPage(web: Web, index: number, card: ForeignCard): MiniwebPage {
  const { language, charset } = card;
  const content = foreignText(web.book.world, language, createRandom(web.seed, 'miniweb-page', index));
  const site = pickSite(web, 'foreign', index);
  return htmlPage(web, index, {
    url: pageUrl(site, content.slug, index),
    site,
    content,
    language,
    charset,
    truth: { keep: false, kind: 'foreign', step: 'language', reason: 'not-selected' },
  });
}

export function phraseBookPage(web: Web, index: number): MiniwebPage {
  const content = phraseBook(createRandom(web.seed, 'miniweb-page', index));
  const site = pickSite(web, 'foreign', index);
  return htmlPage(web, index, {
    url: pageUrl(site, content.slug, index),
    site,
    content,
    language: 'en',
    truth: { keep: false, kind: 'phrase-book', step: 'language', reason: 'low-score' },
  });
}
