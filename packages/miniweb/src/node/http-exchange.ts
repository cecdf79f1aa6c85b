/**
 * A page as HTTP. Common Crawl stores bodies decoded and renames the headers of the transfer (`X-Crawler-…`);
 * other crawlers store what came over the wire, chunked and compressed. Both occur, drawn by page.
 */
import { createRandom } from '@llm/core';
import type { MiniwebPage } from '../pages/page.js';
import { gzipMember } from './warc-record.js';

export interface HttpExchange {
  readonly request: Uint8Array;
  /** Status line and headers with the empty line that ends them. */
  readonly responseHead: Uint8Array;
  /** As stored. */
  readonly responseBody: Uint8Array;
  readonly crawler: 'common-crawl' | 'plain';
}

export function httpExchange(seed: number | string, page: MiniwebPage): HttpExchange {
  const random = createRandom(seed, 'miniweb-http', page.index);
  const crawler = random.uniform() < 0.7 ? 'common-crawl' : 'plain';
  const compressed = page.body.length > 200 && random.uniform() < 0.5;
  const chunked = page.body.length > 0 && random.uniform() < 0.5;
  const headers = [...page.headers];
  let body: Uint8Array = page.body;
  if (crawler === 'common-crawl') {
    if (compressed) headers.push(['X-Crawler-Content-Encoding', 'gzip']);
    if (chunked) headers.push(['X-Crawler-Transfer-Encoding', 'chunked']);
    else if (compressed) headers.push(['X-Crawler-Content-Length', String(gzipMember(page.body).length)]);
    headers.push(['Content-Length', String(body.length)]);
  } else {
    if (compressed) {
      body = gzipMember(body);
      headers.push(['Content-Encoding', 'gzip']);
    }
    if (chunked) {
      body = chunk(body, 500 + random.integer(4000));
      headers.push(['Transfer-Encoding', 'chunked']);
    } else headers.push(['Content-Length', String(body.length)]);
  }
  const { host, pathname, search } = new URL(page.url);
  const lower = crawler === 'plain' && random.uniform() < 0.3;
  const head = headers.map(([name, value]) => `${lower ? name.toLowerCase() : name}: ${value}\r\n`).join('');
  const agent =
    crawler === 'common-crawl' ? 'CCBot/2.0 (https://commoncrawl.org/faq/)' : 'miniweb-crawler/1.0';
  return {
    request: ascii(
      `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: ${agent}\r\nAccept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\nAccept-Encoding: gzip\r\n\r\n`,
    ),
    responseHead: ascii(
      `HTTP/1.1 ${page.status} ${page.statusText}\r\nDate: ${new Date(page.date).toUTCString()}\r\n${head}\r\n`,
    ),
    responseBody: body,
    crawler,
  };
}

function chunk(body: Uint8Array, size: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let start = 0; start < body.length; start += size) {
    const part = body.subarray(start, start + size);
    parts.push(ascii(`${part.length.toString(16)}\r\n`), part, ascii('\r\n'));
  }
  parts.push(ascii('0\r\n\r\n'));
  return Buffer.concat(parts);
}

function ascii(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}
