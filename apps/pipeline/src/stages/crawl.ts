/** The default input: the miniweb, written as real WARC files with the truth about every page beside them. */
import { join } from 'node:path';
import { writeMiniweb } from '@llm/miniweb/node';
import type { Stage } from '../run/stage-engine.js';
import { formatBytes, formatCount } from '../terminal/format.js';
import type { CrawlSummary } from './summaries.js';

export function crawlStage(seed: number, pages: number): Stage<CrawlSummary> {
  return {
    name: 'crawl',
    title: 'a small invented web, written as WARC files',
    needs: [],
    settings: { seed, pages },
    isDisposable: true,
    run: async ({ directory, signal, onEvent }) => {
      const result = await writeMiniweb({
        directory: join(directory, 'crawl'),
        seed,
        pages,
        signal,
        onEvent,
      });
      return { pages: result.pages, bytes: result.bytes };
    },
    headline: (written) => `${formatCount(written.pages)} pages, ${formatBytes(written.bytes)}`,
  };
}
