/**
 * The files of a crawl of Common Crawl: `CC-MAIN-2026-05/warc.paths.gz` lists them, `collinfo.json` lists the
 * crawls. A fraction is spread evenly over the list, which is in the order of segments, from a random start.
 */

import { gunzipSync } from 'node:zlib';
import { checkChoice, createRandom, LlmError } from '@llm/core';
import { checkOptions, type OptionKinds } from '../../page/check-options.js';
import type { StorageOptions } from '../storage/http-client.js';
import { openSource } from '../storage/open-storage.js';

export type CrawlFileKind = 'warc' | 'wet' | 'wat';

export interface CrawlPlace {
  /** `CC-MAIN-2026-05`. */
  readonly crawl: string;
  /** Where the data lies: any URL that can be read. Default https://data.commoncrawl.org. */
  readonly data?: string | undefined;
  /** Where the index server is. Default https://index.commoncrawl.org. */
  readonly index?: string | undefined;
  readonly storage?: StorageOptions | undefined;
}

export const placeKinds: OptionKinds<CrawlPlace> = {
  ...({ crawl: 'text!', data: 'text', index: 'text', storage: 'object' } as const),
};

export interface CrawlFilesOptions extends CrawlPlace {
  /** Pages as they came (`warc`, default), their text (`wet`), or their metadata and links (`wat`). */
  readonly kind?: CrawlFileKind | undefined;
  /** Share of the files, above 0 and at most 1; at least one file. Default 1. */
  readonly fraction?: number | undefined;
  /** Which files a fraction begins with. Default 0. */
  readonly seed?: number | undefined;
}

/**
 * URLs of the files, sorted as listed. Throws `data/crawl-unknown`, `core/option-invalid`,
 * `data/storage-…`.
 */
export async function listCrawlFiles(options: CrawlFilesOptions): Promise<string[]> {
  checkOptions('listCrawlFiles', options, { ...placeKinds, kind: 'any', fraction: 'any', seed: 'any' });
  const { kind = 'warc', fraction = 1, seed = 0 } = options;
  checkChoice('kind', kind, ['warc', 'wet', 'wat']);
  if (!(fraction > 0 && fraction <= 1))
    throw new LlmError({
      code: 'core/option-invalid',
      message: `fraction is ${fraction}; it must be above 0 and at most 1.`,
      details: { option: 'fraction', value: fraction },
    });
  const paths = await crawlPaths(options, kind);
  const wanted = Math.max(1, Math.round(paths.length * fraction));
  const start = createRandom(seed, options.crawl, kind).integer(paths.length);
  const places = Array.from(
    { length: wanted },
    (_, index) => (start + Math.floor((index * paths.length) / wanted)) % paths.length,
  );
  return places.sort((a, b) => a - b).map((place) => `${dataUrl(options)}/${paths[place]!}`);
}

export const dataUrl = ({ data = 'https://data.commoncrawl.org' }: CrawlPlace): string =>
  data.replace(/\/+$/, '');

/** Lines of `<listing>.paths.gz`. Throws `data/crawl-unknown`. */
export async function crawlPaths(place: CrawlPlace, listing: string): Promise<string[]> {
  const { crawl } = place;
  if (!/^[\w-]+$/.test(crawl)) throw await unknownCrawl(place);
  let text = '';
  try {
    const source = await openSource(
      `${dataUrl(place)}/crawl-data/${crawl}/${listing}.paths.gz`,
      place.storage,
    );
    const bytes = await source.read(0, source.size);
    text = inflated(bytes, `${listing}.paths.gz of ${crawl}`);
  } catch (error) {
    // The bucket answers 403 for what is not there.
    const gone = ['data/storage-missing', 'data/storage-denied', 'data/input-missing'];
    if (LlmError.isInstance(error) && gone.includes(error.code)) throw await unknownCrawl(place, error);
    throw error;
  }
  const paths = text.split('\n').filter((line) => line !== '');
  if (paths.length === 0) throw await unknownCrawl(place);
  return paths;
}

/** A crawl has 100,000 files and a list of 10 MB. */
const longestListing = 256 * 1024 * 1024;

function inflated(bytes: Uint8Array, name: string): string {
  try {
    return gunzipSync(bytes, { maxOutputLength: longestListing }).toString();
  } catch (cause) {
    throw new LlmError({
      code: 'data/crawl-listing-damaged',
      message: `${name} is damaged: ${(cause as Error).message}. Try again later.`,
      details: { name },
      cause,
    });
  }
}

interface CrawlInfo {
  readonly id: string;
}

/** The crawls there are, the newest first. Throws `data/storage-…`. */
export async function listCrawls({
  index = 'https://index.commoncrawl.org',
  storage,
}: Omit<CrawlPlace, 'crawl'>): Promise<string[]> {
  const source = await openSource(`${index.replace(/\/+$/, '')}/collinfo.json`, storage);
  const crawls = JSON.parse(
    new TextDecoder().decode(await source.read(0, source.size)),
  ) as readonly CrawlInfo[];
  return crawls.map(({ id }) => id);
}

async function unknownCrawl(place: CrawlPlace, cause?: unknown): Promise<LlmError> {
  const known = await listCrawls(place).catch(() => []);
  const newest = known.length === 0 ? '' : ` The newest are ${known.slice(0, 3).join(', ')}.`;
  return new LlmError({
    code: 'data/crawl-unknown',
    message: `There is no crawl "${place.crawl}" at ${dataUrl(place)}. Name one like CC-MAIN-2026-05.${newest}`,
    details: { crawl: place.crawl, known: known.slice(0, 10) },
    cause,
  });
}
