/**
 * The step that sees the whole corpus: near-duplicates of all units are found, one of each cluster is kept (the first
 * in order), e-mail and IP addresses are replaced, and the shards are written. Signatures of the corpus are in memory
 * (116 bytes a document), texts are not.
 */
import { type ArtifactStore, throwIfAborted } from '@llm/core';
import { DuplicateFinder } from '../../deduplication/duplicate-finder.js';
import { type PiiOptions, removePii } from '../../filters/pii.js';
import { type Survivor, type UnitSummary, unitKeys, unpackSignatures } from './input-unit.js';
import { LineBlob, readLineBlob, shardKey } from './shards.js';

export interface CorpusResult {
  readonly shards: number;
  readonly kept: number;
  readonly duplicates: number;
  /** UTF-16 units of the text that was kept. */
  readonly characters: number;
  readonly emails: number;
  readonly ipAddresses: number;
  /** Gzip members with one line a duplicate. */
  readonly droppedMembers: readonly Uint8Array[];
}

export interface CorpusContext {
  readonly store: ArtifactStore;
  readonly prefix: string;
  readonly units: readonly { readonly place: string; readonly summary: UnitSummary }[];
  /** Buckets of a signature; undefined when deduplication is off. */
  readonly buckets: number | undefined;
  readonly pii: Omit<PiiOptions, 'key'> | false;
  readonly shardCharacters: number;
  readonly signal?: AbortSignal | undefined;
  readonly onShard: (key: string) => void;
}

export async function writeCorpus(context: CorpusContext): Promise<CorpusResult> {
  const { store, prefix, units, buckets } = context;
  const finder = new DuplicateFinder(buckets ?? 0);
  for (const { place, summary } of units) {
    for (let part = 0; buckets !== undefined && part < summary.parts; part++) {
      const bytes = await store.read(unitKeys.signatures(place, part));
      for (const signature of unpackSignatures(bytes, buckets)) finder.add(signature);
    }
  }
  const { keeper, match } = finder.clusters();
  const wanted = new Set<number>();
  for (let index = 0; index < keeper.length; index++) {
    if (keeper[index] === index) continue;
    wanted.add(keeper[index]!).add(match[index]!);
  }
  const ids = new Map<number, string>();
  const shard = new LineBlob(context.shardCharacters);
  const dropped = new LineBlob(8 * 1024 * 1024);
  const droppedMembers: Uint8Array[] = [];
  let [index, shards, kept, duplicates, characters, emails, ipAddresses] = [0, 0, 0, 0, 0, 0, 0];
  const flush = async (): Promise<void> => {
    const key = shardKey(prefix, shards++);
    await store.write(key, shard.take());
    context.onShard(key);
  };
  for (const { place, summary } of units) {
    for (let part = 0; part < summary.parts; part++) {
      throwIfAborted(context.signal);
      for await (const document of readLineBlob<Survivor>(store, unitKeys.survivors(place, part))) {
        const at = index++;
        if (wanted.has(at)) ids.set(at, document.id);
        const keptIndex = keeper[at] ?? at;
        if (keptIndex !== at) {
          duplicates++;
          const { url, recordId } = document.metadata;
          const row = {
            id: document.id,
            step: 'minhash',
            reason: 'duplicate',
            ...(url === undefined ? {} : { url }),
            ...(recordId === undefined ? {} : { recordId }),
            duplicateOf: ids.get(keptIndex),
            ...(match[at] === at ? {} : { match: ids.get(match[at]!) }),
          };
          if (dropped.add(row)) droppedMembers.push(dropped.take());
          continue;
        }
        const clean =
          context.pii === false ? undefined : removePii(document.text, { ...context.pii, key: document.id });
        emails += clean?.emails ?? 0;
        ipAddresses += clean?.ipAddresses ?? 0;
        const text = clean?.text ?? document.text;
        kept++;
        characters += text.length;
        if (shard.add({ id: document.id, text, metadata: document.metadata })) await flush();
      }
    }
  }
  if (!shard.isEmpty) await flush();
  if (!dropped.isEmpty) droppedMembers.push(dropped.take());
  return { shards, kept, duplicates, characters, emails, ipAddresses, droppedMembers };
}
