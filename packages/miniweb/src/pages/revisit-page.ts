/** The crawler saw the bytes of an earlier page again, at another address, and kept no body. */
import { originalOf } from '../web/originals.js';
import type { Web } from '../web/web.js';
import { contentPage } from './content-page.js';
import { type MiniwebPage, pageDate } from './page.js';

export function revisitPage(web: Web, index: number): MiniwebPage {
  const original = originalOf(web, index);
  const page = contentPage(web, original.index, original.card);
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
