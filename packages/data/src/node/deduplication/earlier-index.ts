/**
 * The index that an earlier run left under `prefix/index/`: sorted keys, and what their documents are called.
 */
import { type ArtifactStore, LlmError } from '@llm/core';
import type { DeduplicationOptions, KeyKind } from '../../deduplication/document-keys.js';
import { DocumentIds } from '../pipeline/document-ids.js';
import { readJson } from '../pipeline/json-artifact.js';
import { partKey } from '../pipeline/unit-files.js';
import { readWords } from './record-file.js';
import { type IndexGroup, indexedUnit } from './run-groups.js';
import type { RunSource } from './sorted-run.js';

export interface IndexDescription {
  readonly kind: 'deduplication-index';
  readonly version: 2;
  /** What the keys were made with: only keys of the same making can be compared. */
  readonly making: string;
  readonly kinds: readonly KeyKind[];
  /** Of the units, as in the ids of documents. */
  readonly labels: readonly string[];
  readonly groups: readonly IndexGroup[];
}

export function keyMaking(options: DeduplicationOptions): string {
  const { wordsPerShingle = 5, buckets = 14, hashesPerBucket = 8, seed = 1, hashes = 'fast' } = options;
  return JSON.stringify({ wordsPerShingle, buckets, hashesPerBucket, seed, hashes });
}

export class EarlierIndex {
  readonly #ids: DocumentIds;

  private constructor(
    readonly store: ArtifactStore,
    readonly prefix: string,
    readonly description: IndexDescription,
  ) {
    this.#ids = new DocumentIds(store);
  }

  /** Throws `data/index-missing`, and `data/index-other` when its keys cannot be compared with these. */
  static async open(
    store: ArtifactStore,
    prefix: string,
    options: DeduplicationOptions,
  ): Promise<EarlierIndex> {
    const description = await readJson<IndexDescription>(store, `${prefix}/index/index.json`);
    if (description?.kind !== 'deduplication-index')
      throw new LlmError({
        code: 'data/index-missing',
        message: `There is no index under ${prefix}/index/. Run that crawl with \`deduplication: { index: true }\`.`,
        details: { prefix },
      });
    if (description.version !== 2)
      throw new LlmError({
        code: 'data/index-other',
        message: `The index under ${prefix}/index/ was written by another version. Run that crawl again.`,
        details: { prefix },
      });
    if (description.making !== keyMaking(options))
      throw new LlmError({
        code: 'data/index-other',
        message: `The index under ${prefix}/index/ was made with ${description.making}, this run has ${keyMaking(options)}. Give both the same.`,
        details: { prefix },
      });
    return new EarlierIndex(store, prefix, description);
  }

  /** Its runs for the `nth` bucket of a kind; none when it has no such bucket. */
  runs(kind: KeyKind, nth: number): RunSource[] {
    const { kinds, groups } = this.description;
    const bucket = kinds.indexOf(kind) + nth;
    if (kinds[bucket] !== kind) return [];
    return groups.map((_, group) => ({
      store: this.store,
      key: partKey(this.#place(group), 'bucket', bucket),
      base: 0,
      buckets: 1,
      bucket: 0,
    }));
  }

  /** The id of a document. */
  async id(document: number): Promise<string> {
    const { groups, labels } = this.description;
    const group = groups.findLastIndex(({ first }) => first <= document);
    const at = (document - groups[group]!.first) * 2;
    const [unit, item] = await readWords(this.store, `${this.#place(group)}/documents`, at, at + 2);
    const label = labels[unit!]!;
    // A unit may lie in two groups: both say so.
    if (!groups[group]!.named.includes(unit!)) return `${label}#${item}`;
    return this.#ids.id({ label, place: indexedUnit(this.prefix, unit!) }, item!);
  }

  #place(group: number): string {
    return partKey(`${this.prefix}/index`, 'group', group);
  }
}
