/** The description of the index that a run leaves: written last, so that what has one is whole. */
import type { DeduplicationOptions } from '../../deduplication/document-keys.js';
import { spanMaking } from '../../deduplication/sentence-spans.js';
import type { RunContext } from '../pipeline/run-context.js';
import { type IndexDescription, keyMaking } from './earlier-index.js';
import { sentenceOptions } from './part-options.js';
import { readGroups } from './run-groups.js';
import { readIndexedSpans } from './span-rounds.js';

/** What the index of a run that is done holds. */
export async function describeIndex(
  context: RunContext,
  deduplication: DeduplicationOptions,
  shards: readonly number[],
): Promise<IndexDescription> {
  const sentences = sentenceOptions(deduplication);
  const ranges = sentences === undefined ? [] : await readIndexedSpans(context);
  return {
    kind: 'deduplication-index',
    version: 2,
    run: context.plan.fingerprint,
    making: keyMaking(deduplication),
    kinds: context.keyMaker!.kinds,
    ...(sentences !== undefined && {
      sentences: {
        making: spanMaking(sentences),
        spans: ranges.reduce((sum, { spans }) => sum + spans, 0),
        runs: ranges.map(({ runs }) => runs),
      },
    }),
    labels: context.plan.units.map(({ label }) => label),
    groups: await readGroups(context),
    shards,
  };
}
