/**
 * Responses that hold no page to read: redirects, missing
 * pages, other formats, empty bodies; and one whose letters no charset explains.
 */
import { createRandom } from '@llm/core';
import { encodeEbcdic } from '../charsets/ebcdic.js';
import { encodeText } from '../charsets/encode-text.js';
import { phrase, type SlotsOf } from '../patterns/phrase.js';
import texts from '../texts/junk/unknown-charset.json' with { type: 'json' };
import type { ReaderKind } from '../web/deck.js';
import { pickSite, type Web } from '../web/web.js';
import { type MiniwebPage, type MiniwebTruth, pageDate } from './page.js';
import { pageUrl } from './page-url.js';

/** A grey pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==';

export function readerPage(web: Web, index: number, kind: Exclude<ReaderKind, 'revisit'>): MiniwebPage {
  const random = createRandom(web.seed, 'miniweb-page', index);
  const site = pickSite(web, 'news', index);
  const page = (
    reason: string | undefined,
    url: string,
    contentType: string,
    body: Uint8Array,
    status = 200,
    statusText = 'OK',
    more: readonly (readonly [string, string])[] = [],
  ): MiniwebPage => {
    const truth: MiniwebTruth = {
      keep: false,
      step: reason === undefined ? 'language' : 'reader',
      reason,
      language: 'und',
      kind,
      mainText: '',
      boilerplate: [],
    };
    return {
      index,
      url,
      date: pageDate(index),
      recordType: 'response',
      status,
      statusText,
      headers: [['Content-Type', contentType], ['Server', 'nginx'], ...more],
      body,
      truth,
    };
  };
  const small = (text: string): Uint8Array =>
    encodeText(`<html><head><title>${text}</title></head><body><h1>${text}</h1></body></html>\n`, 'utf-8');
  switch (kind) {
    case 'redirect': {
      const [status, text] = random.pick([
        [301, 'Moved Permanently'],
        [302, 'Found'],
        [307, 'Temporary Redirect'],
        [308, 'Permanent Redirect'],
      ] as const);
      return page(
        'http-status',
        pageUrl(site, 'old-address', index),
        'text/html',
        small(text),
        status,
        text,
        [['Location', `https://${site.host}/`]],
      );
    }
    case 'not-found':
      return page(
        'http-status',
        pageUrl(site, 'lost', index),
        'text/html; charset=utf-8',
        small('Not Found'),
        404,
        'Not Found',
      );
    case 'empty-body':
      return page('empty-body', pageUrl(site, 'nothing', index), 'text/html', new Uint8Array(0));
    case 'pdf': {
      const body = `%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [] /Count 0 >> endobj\n% leaflet ${index}\ntrailer << /Root 1 0 R /Size 3 >>\n%%EOF\n`;
      return page(
        'not-html',
        `https://${site.host}/files/leaflet-${index}.pdf`,
        'application/pdf',
        encodeText(body, 'utf-8'),
      );
    }
    case 'png':
      return page(
        'not-html',
        `https://${site.host}/images/pixel-${index}.png`,
        'image/png',
        Uint8Array.from(atob(pixel), (character) => character.charCodeAt(0)),
      );
    case 'unknown-charset': {
      const own: SlotsOf<typeof texts> = { number: String(index) };
      const title = phrase(texts.title, own, random);
      const html = `<html><head><title>${title}</title></head><body><p>${phrase(texts.paragraph, own, random)}</p></body></html>\n`;
      return page(
        // A label that nobody knows is none: the bytes are read as what they look like most. Of EBCDIC that
        // gives words of no language, and which it is taken for is a matter of chance.
        undefined,
        pageUrl(site, 'old-machine', index),
        'text/html; charset=x-ebcdic-us',
        encodeEbcdic(html),
      );
    }
  }
}
