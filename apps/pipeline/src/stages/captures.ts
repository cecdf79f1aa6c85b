/** Single pages of Common Crawl: looked up in an index, fetched by ranges, kept as one WARC file. */
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import { fetchCaptures, searchIndexServer, searchIndexTable } from '@llm/data/node';
import type { CapturesInput } from '../options.js';
import type { Stage } from '../run/stage-engine.js';
import { formatBytes, formatCount } from '../terminal/format.js';
import type { CrawlSummary } from './summaries.js';

export function capturesStage(input: CapturesInput): Stage<CrawlSummary> {
  const { crawl, domain, urls, index, data, indexServer } = input;
  return {
    name: 'crawl',
    title: `pages of ${crawl}, by its index`,
    needs: [],
    settings: { crawl, domain: domain ?? null, urls: urls ?? null, index, data: data ?? null },
    run: async ({ directory, signal, onEvent }) => {
      const place = { crawl, data, index: indexServer, storage: { signal } };
      const search = index === 'server' ? searchIndexServer : searchIndexTable;
      const { records, bytes, skipped } = await fetchCaptures({
        ...place,
        captures: search(place, { domain, urls }),
        output: join(directory, 'crawl', 'captures.warc.gz'),
        signal,
        onEvent,
      });
      if (records === 0)
        throw new LlmError({
          code: 'pipeline/input-missing',
          message: `${crawl} holds no page of ${domain ?? urls?.[0] ?? ''}${Object.keys(skipped).length > 0 ? ` that could be fetched (${JSON.stringify(skipped)})` : ''}. Check the name of the crawl and the addresses, or try the other --index.`,
          details: { crawl, skipped },
        });
      return { pages: records, bytes };
    },
    headline: ({ pages, bytes }) => `${formatCount(pages)} pages, ${formatBytes(bytes)}`,
  };
}
