import type { ArtifactStore } from '@llm/core';
import { createKeyMaker, type DeduplicationOptions } from '../../deduplication/document-keys.js';
import { readShards } from './shards.js';

export interface Match {
  readonly id: string;
  readonly url: string | undefined;
  /** By what they are alike: buckets of MinHash, the whole text, the address. */
  readonly kind: 'minhash' | 'exact' | 'url';
  readonly text: string;
}

/**
 * The first document that a finished run kept and that a page would be a duplicate of, compared as the run
 * compares (but what it replaced in its texts since, e-mail and IP addresses, is not compared any more).
 * Reads all of its documents. Undefined where there is none.
 */
export async function findMatch(
  page: { readonly text: string; readonly url: string },
  { store, prefix }: { readonly store: ArtifactStore; readonly prefix: string },
  options: DeduplicationOptions = {},
): Promise<Match | undefined> {
  const maker = createKeyMaker(options);
  const own = maker.keys(page);
  for await (const { id, text, metadata } of readShards(store, prefix)) {
    const url = typeof metadata.url === 'string' ? metadata.url : undefined;
    const keys = maker.keys({ text, url: url ?? '' });
    const bucket = maker.kinds.findIndex((_, at) => {
      const [high, low] = [own[at * 2]!, own[at * 2 + 1]!];
      return (high !== 0 || low !== 0) && high === keys[at * 2] && low === keys[at * 2 + 1];
    });
    if (bucket >= 0) return { id, url, kind: maker.kinds[bucket]!, text };
  }
  return undefined;
}
