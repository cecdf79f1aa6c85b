/** Pages in which extraction must find nothing. */
import { createRandom } from '@llm/core';
import { encodeText } from '../charsets/encode-text.js';
import { type EmptyKind, emptyDocuments } from '../html/empty-documents.js';
import { pickSite, type Web } from '../web/web.js';
import { type MiniwebPage, pageDate } from './page.js';
import { pageUrl } from './page-url.js';

export function emptyPage(web: Web, index: number, kind: EmptyKind): MiniwebPage {
  const random = createRandom(web.seed, 'miniweb-page', index);
  const site = pickSite(web, 'shop', index);
  const made = emptyDocuments[kind](web.book.world, site, random);
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
    body: encodeText(made.html, 'utf-8'),
    truth: {
      keep: false,
      step: 'extraction',
      reason: 'empty',
      language: 'und',
      kind,
      mainText: '',
      boilerplate: made.boilerplate,
    },
  };
}
