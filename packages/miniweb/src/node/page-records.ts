/** The WARC records of one page: request, response and metadata, or a revisit of another page's bytes. */
import type { MiniwebPage } from '../pages/page.js';
import { httpExchange } from './http-exchange.js';
import { digest, recordId, warcRecord } from './warc-record.js';

/** `pageAt` gives the page that a revisit refers to. */
export function pageRecords(
  seed: number | string,
  page: MiniwebPage,
  warcinfoId: string,
  pageAt: (index: number) => MiniwebPage,
): Uint8Array[] {
  const { index, url, date } = page;
  const address = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
  const exchange = httpExchange(seed, page);
  const ids = { request: recordId(seed, 'request', index), response: recordId(seed, 'response', index) };
  const common = [
    ['WARC-Warcinfo-ID', warcinfoId],
    ['WARC-IP-Address', address],
    ['WARC-Target-URI', url],
  ] as const;
  const request = warcRecord({
    type: 'request',
    id: ids.request,
    date,
    fields: [
      ['Content-Type', 'application/http; msgtype=request'],
      ...common,
      ['WARC-Concurrent-To', ids.response],
    ],
    block: exchange.request,
  });
  if (page.recordType === 'revisit') {
    const original = pageAt(page.truth.mirrorOf!.index);
    const revisit = warcRecord({
      type: 'revisit',
      id: ids.response,
      date,
      fields: [
        ['Content-Type', 'application/http; msgtype=response'],
        ...common,
        ['WARC-Concurrent-To', ids.request],
        ['WARC-Profile', 'http://netpreserve.org/warc/1.1/revisit/identical-payload-digest'],
        ['WARC-Refers-To-Target-URI', original.url],
        ['WARC-Refers-To-Date', original.date],
        ['WARC-Refers-To', recordId(seed, 'response', original.index)],
        ['WARC-Payload-Digest', digest(httpExchange(seed, original).responseBody)],
      ],
      block: exchange.responseHead,
    });
    return [request, revisit];
  }
  const response = warcRecord({
    type: 'response',
    id: ids.response,
    date,
    fields: [
      ['Content-Type', 'application/http; msgtype=response'],
      ...common,
      ['WARC-Concurrent-To', ids.request],
      ['WARC-Payload-Digest', digest(exchange.responseBody)],
      // Common Crawl names the type it found in the bytes; plain crawlers leave it to the reader.
      ...(exchange.crawler === 'common-crawl'
        ? [['WARC-Identified-Payload-Type', payloadType(page)] as const]
        : []),
    ],
    block: Buffer.concat([exchange.responseHead, exchange.responseBody]),
  });
  const records = [request, response];
  if (exchange.crawler === 'common-crawl') {
    records.push(
      warcRecord({
        type: 'metadata',
        id: recordId(seed, 'metadata', index),
        date,
        fields: [
          ['Content-Type', 'application/warc-fields'],
          ['WARC-Warcinfo-ID', warcinfoId],
          ['WARC-Target-URI', url],
          ['WARC-Concurrent-To', ids.response],
        ],
        block: Buffer.from(`fetchTimeMs: ${40 + ((index * 37) % 900)}\r\n`),
      }),
    );
  }
  return records;
}

function payloadType(page: MiniwebPage): string {
  if (page.body.length === 0) return 'application/x-empty';
  const declared = page.headers.find(([name]) => name === 'Content-Type')?.[1] ?? 'text/html';
  return declared.split(';')[0]!;
}
