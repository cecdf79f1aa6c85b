/** The web of a seed as a stream of pages; constant memory, since page i depends on the seed and i alone. */
import { LlmError } from '@llm/core';
import { openWeb } from '../web/web.js';
import { makePage } from './make-page.js';
import type { MiniwebPage } from './page.js';

export interface MiniwebOptions {
  /** Same seed, same web, byte for byte. */
  readonly seed: number | string;
  /** How many pages, 1 or more. From 200 on every kind of page is there. */
  readonly pages: number;
  /** First page, default 0: a worker can make its own range. */
  readonly first?: number | undefined;
}

/** Throws `miniweb/invalid-size` when `pages` or `first` is no whole number. */
export function* miniwebPages(options: MiniwebOptions): Generator<MiniwebPage, void, undefined> {
  const { seed, pages, first = 0 } = options;
  if (!Number.isInteger(pages) || pages < 1 || !Number.isInteger(first) || first < 0) {
    throw new LlmError({
      code: 'miniweb/invalid-size',
      message: `A miniweb of ${pages} pages from page ${first} cannot be made. Give whole numbers: at least 1 page, first page 0 or later.`,
      details: { pages, first },
    });
  }
  const web = openWeb(seed);
  for (let index = first; index < first + pages; index++) yield makePage(web, index);
}

/** A function from index to page, for those who need single pages. */
export function openMiniweb(seed: number | string): (index: number) => MiniwebPage {
  const web = openWeb(seed);
  return (index) => makePage(web, index);
}
