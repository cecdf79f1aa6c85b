/** Content as a response: the HTML of its site, headers, body bytes and truth. */
import { createRandom } from '@llm/core';
import { encodeText } from '../charsets/encode-text.js';
import { blocksToText, type Content } from '../content/block.js';
import { type HtmlForm, renderDocument } from '../html/document.js';
import type { Site } from '../html/site.js';
import type { CharsetChoice } from '../web/deck.js';
import type { Web } from '../web/web.js';
import { type MiniwebPage, type MiniwebTruth, pageDate } from './page.js';

interface HtmlPage {
  readonly url: string;
  readonly site: Site;
  readonly content: Content;
  readonly language: string;
  readonly form?: HtmlForm | undefined;
  readonly charset?: CharsetChoice | undefined;
  readonly truth: Partial<MiniwebTruth> & Pick<MiniwebTruth, 'keep' | 'kind'>;
}

export function htmlPage(web: Web, index: number, page: HtmlPage): MiniwebPage {
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
      metaCharset,
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
      charset,
      ...page.truth,
    },
  };
}
