/** The flags of Common Crawl: whole files of a crawl, or single pages of it that an index finds. */
import { readFileSync } from 'node:fs';
import { LlmError } from '@llm/core';
import { listCrawlFiles } from '@llm/data/node';
import type { CapturesInput } from '../options.js';
import { describeSystemError } from '../system-error.js';

export interface CrawlFlags {
  readonly seed?: number | undefined;
  readonly crawl?: string | undefined;
  readonly crawlFiles?: 'warc' | 'wet' | undefined;
  readonly fraction?: number | undefined;
  readonly domain?: string | undefined;
  /** A file with an address a line. */
  readonly urls?: string | undefined;
  readonly index?: 'server' | 'table' | undefined;
  readonly crawlData?: string | undefined;
  readonly crawlIndex?: string | undefined;
}

export type CrawlInput =
  | { readonly kind: 'none' }
  | { readonly kind: 'files'; readonly urls: readonly string[] }
  | { readonly kind: 'captures'; readonly input: CapturesInput };

const depending = ['crawlFiles', 'fraction', 'domain', 'urls', 'index', 'crawlData', 'crawlIndex'] as const;

/** Throws `pipeline/flag-without-input`, `pipeline/input-missing`, `data/crawl-unknown`, `data/storage-…`. */
export async function crawlInput(flags: CrawlFlags): Promise<CrawlInput> {
  const { crawl, crawlData: data, crawlIndex, domain } = flags;
  if (crawl === undefined) {
    const idle = depending.find((name) => flags[name] !== undefined);
    if (idle === undefined) return { kind: 'none' };
    throw unfit(`${flagOf(idle)} is about a crawl, and none is named. Give --crawl CC-MAIN-…, too.`);
  }
  if (domain === undefined && flags.urls === undefined) {
    if (flags.index !== undefined)
      throw unfit('--index says where single pages are looked up. Name them with --domain or --urls.');
    const { crawlFiles: kind, fraction, seed } = flags;
    const urls = await listCrawlFiles({ crawl, kind, fraction, seed, data, index: crawlIndex });
    return { kind: 'files', urls };
  }
  const idle = (['crawlFiles', 'fraction'] as const).find((name) => flags[name] !== undefined);
  if (idle !== undefined)
    throw unfit(
      `${flagOf(idle)} chooses whole files of the crawl, and --domain and --urls take single pages. Leave it out.`,
    );
  const input: CapturesInput = {
    kind: 'captures',
    crawl,
    index: flags.index ?? 'server',
    ...(domain === undefined ? {} : { domain }),
    ...(flags.urls === undefined ? {} : { urls: addressesIn(flags.urls) }),
    ...(data === undefined ? {} : { data }),
    ...(crawlIndex === undefined ? {} : { indexServer: crawlIndex }),
  };
  return { kind: 'captures', input };
}

function addressesIn(path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new LlmError({
      code: 'pipeline/input-missing',
      message: `Cannot read --urls ${path}: ${describeSystemError(cause) ?? String(cause)}`,
      details: { path },
      cause,
    });
  }
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const urls = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (urls.length > 0) return urls;
  throw new LlmError({
    code: 'pipeline/input-missing',
    message: `--urls ${path} names no address. Write one a line.`,
    details: { path },
  });
}

const flagOf = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const unfit = (message: string): LlmError => new LlmError({ code: 'pipeline/flag-without-input', message });
