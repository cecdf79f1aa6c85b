/**
 * The step that keeps a share of the documents. Each is drawn by a hash of its id (`metadata.id`, else its
 * address, else its text), so the sample is the same for any number of workers, a sample of 1 % is part of
 * the sample of 2 % with the same seed, and documents that come later do not change what was drawn.
 */

import { checkNumber } from '@llm/core';
import { checkOptions } from '../page/check-options.js';
import type { Page } from '../page/page.js';
import type { PageStep } from '../page/page-step.js';
import { drop, keep, type Verdict } from '../page/verdict.js';
import { documentHash, hashShare } from './document-hash.js';

export interface SampleOptions {
  /** Share that is kept, above 0 and at most 1. */
  readonly fraction: number;
  /** Default 0. */
  readonly seed?: number | undefined;
}

/** Drops with `not-sampled`. Throws `core/option-invalid`. */
export function sampleDocuments(options: SampleOptions): PageStep<Verdict> {
  checkOptions('The step sample', options, { fraction: 'any', seed: 'any' });
  const { fraction, seed = 0 } = options;
  checkNumber('fraction', fraction, { above: 0, maximum: 1 });
  checkNumber('seed', seed, { integer: true });
  return {
    name: 'sample',
    options: { fraction, seed },
    run: (page) =>
      hashShare(documentHash(seed, 'sample', nameOf(page))) < fraction ? keep : drop('not-sampled'),
  };
}

function nameOf({ metadata: { id }, url, text }: Page): string | number {
  if ((typeof id === 'string' && id !== '') || typeof id === 'number') return id;
  return url === '' ? text : url;
}
