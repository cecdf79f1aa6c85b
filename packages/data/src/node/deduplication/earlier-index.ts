/**
 * The index that an earlier run left under `prefix/index/`: sorted keys of documents and of spans of
 * sentences, and what their documents are called.
 */
import { type ArtifactStore, LlmError } from '@llm/core';
import type { DeduplicationOptions, KeyKind } from '../../deduplication/document-keys.js';
import { spanMaking } from '../../deduplication/sentence-spans.js';
import { DocumentIds } from '../pipeline/document-ids.js';
import { readJson } from '../pipeline/json-artifact.js';
import { shardKey } from '../pipeline/shards.js';
import { partKey } from '../pipeline/unit-files.js';
import { openStore } from '../storage/open-storage.js';
import { sentenceOptions, substringOptions } from './part-options.js';
import { readWords } from './record-file.js';
import { type IndexGroup, indexedSpans, indexedUnit } from './run-groups.js';
import type { RunSource } from './sorted-run.js';

export interface IndexDescription {
  readonly kind: 'deduplication-index';
  readonly version: 2;
  /** Fingerprint of the run that left it. */
  readonly run?: string | undefined;
  /** What the keys were made with: only keys of the same making can be compared. */
  readonly making: string;
  readonly kinds: readonly KeyKind[];
  /** Spans of sentences, where that run looked for them: each key once. */
  readonly sentences?:
    | { readonly making: string; readonly spans: number; readonly runs: readonly number[] }
    | undefined;
  /** Of the units, as in the ids of documents. */
  readonly labels: readonly string[];
  readonly groups: readonly IndexGroup[];
  /** Documents of each shard. */
  readonly shards?: readonly number[] | undefined;
}

/** What decides which keys a document has, written down. */
export function keyMaking(options: DeduplicationOptions): string {
  const { wordsPerShingle = 5, buckets = 14, hashesPerBucket = 8, seed = 1, hashes = 'fast' } = options;
  return JSON.stringify({ wordsPerShingle, buckets, hashesPerBucket, seed, hashes });
}

/** A folder of its own has an absolute path or a scheme, which no key of a store has. */
const isFolder = (place: string): boolean =>
  /^(?:[\\/]|[a-z]:[\\/]|file:|[a-z][a-z\d+.-]+:\/\/)/i.test(place);

export class EarlierIndex {
  readonly #ids: DocumentIds;
  readonly #root: string;

  private constructor(
    readonly store: ArtifactStore,
    /** As the run named it. */
    readonly place: string,
    readonly description: IndexDescription,
  ) {
    this.#ids = new DocumentIds(store);
    this.#root = rootOf(place);
  }

  /**
   * `place`: a prefix in this store, or a folder. Throws `data/index-missing`, and `data/index-other` when
   * its keys cannot be compared with these, or it has none of a kind that the run compares by.
   */
  static async open(
    store: ArtifactStore,
    place: string,
    options: DeduplicationOptions,
    kinds: readonly KeyKind[],
  ): Promise<EarlierIndex> {
    const own = isFolder(place) ? openStore(place) : store;
    const where = `${place.replace(/\/+$/, '')}/index/`;
    const description = await readJson<IndexDescription>(own, `${rootOf(place)}/index.json`);
    if (description?.kind !== 'deduplication-index')
      throw new LlmError({
        code: 'data/index-missing',
        message: `There is no index under ${where}. Run that crawl with \`deduplication: { index: true }\`.`,
        details: { prefix: place },
      });
    const other = (what: string): LlmError =>
      new LlmError({
        code: 'data/index-other',
        message: `The index under ${where} ${what}.`,
        details: { prefix: place },
      });
    if (description.version !== 2) throw other('was written by another version. Run that crawl again');
    const making = keyMaking(options);
    if (kinds.includes('minhash') && description.making !== making)
      throw other(`was made with ${description.making}, this run has ${making}. Give both the same`);
    const missing = kinds.find((kind) => !description.kinds.includes(kind));
    if (missing !== undefined)
      throw other(
        `has no keys of "${missing}", by which this run compares. Run that crawl again with ${missing}: true, or turn ${missing} off in this run`,
      );
    if (substringOptions(options) !== undefined && description.shards === undefined)
      throw other('does not say what is in its shards, which substrings need. Run that crawl again');
    const sentences = sentenceOptions(options);
    if (sentences === undefined) return new EarlierIndex(own, place, description);
    if (description.sentences === undefined)
      throw other(
        'has no sentences, which this run looks for. Run that crawl again with sentences, or leave them out of this run',
      );
    if (description.sentences.making !== spanMaking(sentences))
      throw other(
        `was made of sentences with ${description.sentences.making}, this run has ${spanMaking(sentences)}. Give both the same`,
      );
    return new EarlierIndex(own, place, description);
  }

  /** Its runs for the `nth` bucket of a kind; none when it has no such bucket. */
  runs(kind: KeyKind, nth: number): RunSource[] {
    const { kinds, groups } = this.description;
    const bucket = kinds.indexOf(kind) + nth;
    if (kinds[bucket] !== kind) return [];
    return groups.map((_, group) => ({
      store: this.store,
      key: partKey(this.#group(group), 'bucket', bucket),
      base: 0,
      buckets: 1,
      bucket: 0,
    }));
  }

  /** Keys in its store of its runs of spans. */
  spans(): string[] {
    return (this.description.sentences?.runs ?? []).flatMap((runs, range) =>
      Array.from({ length: runs }, (_, run) => partKey(indexedSpans(this.#root, range), 'run', run)),
    );
  }

  /** The shards that hold documents. */
  shards(): { readonly key: string; readonly documents: number }[] {
    const shards = (this.description.shards ?? []).map((documents, shard) => ({
      key: this.key(shardKey('', shard).slice(1)),
      documents,
    }));
    return shards.filter(({ documents }) => documents > 0);
  }

  /** A key of that run in its store. */
  key(name: string): string {
    return isFolder(this.place) ? name : `${this.place}/${name}`;
  }

  /** The id of a document. */
  async id(document: number): Promise<string> {
    const { groups, labels } = this.description;
    const group = groups.findLastIndex(({ first }) => first <= document);
    const at = (document - groups[group]!.first) * 2;
    const [unit, item] = await readWords(this.store, `${this.#group(group)}/documents`, at, at + 2);
    const label = labels[unit!]!;
    // A unit may lie in two groups: both say so.
    if (!groups[group]!.named.includes(unit!)) return `${label}#${item}`;
    return this.#ids.id({ label, place: indexedUnit(this.#root, unit!) }, item!);
  }

  #group(group: number): string {
    return partKey(this.#root, 'group', group);
  }
}

const rootOf = (place: string): string => (isFolder(place) ? 'index' : `${place}/index`);
