/**
 * The steps that see the whole corpus: near-duplicates of all units are found, one of each cluster is kept
 * (the first in order), e-mail and IP addresses are replaced, and shards and dropped pages are written.
 * Signatures of the corpus are in memory (116 bytes a document), texts are not.
 */
import { type ArtifactStore, throwIfAborted } from '@llm/core';
import { DuplicateFinder } from '../../deduplication/duplicate-finder.js';
import { type PiiOptions, removePii } from '../../filters/pii.js';
import { LineBlob, shardKey } from './shards.js';
import type { Unit } from './unit-files.js';

export interface CorpusResult {
  readonly shards: number;
  /** Bytes of the shards. */
  readonly bytes: number;
  readonly kept: number;
  readonly duplicates: number;
  /** UTF-16 units of the text that was kept. */
  readonly characters: number;
  readonly emails: number;
  readonly ipAddresses: number;
}

export interface CorpusContext {
  readonly store: ArtifactStore;
  readonly prefix: string;
  readonly units: readonly Unit[];
  /** Buckets of a signature; undefined when deduplication is off. */
  readonly buckets: number | undefined;
  readonly pii: Omit<PiiOptions, 'key'> | false;
  readonly shardCharacters: number;
  readonly signal?: AbortSignal | undefined;
  readonly onShard: (key: string) => void;
  /** Hears when a part of the work ended that started at `started` (of `performance.now()`). */
  readonly onTime: (step: string, started: number) => void;
}

export async function writeCorpus(context: CorpusContext): Promise<CorpusResult> {
  const { store, prefix, units, pii } = context;
  const { keeper, match } = await findDuplicates(context);
  const wanted = new Set<number>();
  for (let index = 0; index < keeper.length; index++) {
    if (keeper[index] !== index) wanted.add(keeper[index]!).add(match[index]!);
  }
  const ids = new Map<number, string>();
  const shard = new LineBlob(context.shardCharacters);
  const duplicateRows = new LineBlob(8 * 1024 * 1024);
  const duplicateMembers: Uint8Array[] = [];
  let [at, shards, bytes, kept, duplicates, characters, emails, ipAddresses] = [0, 0, 0, 0, 0, 0, 0, 0];
  const flush = async (): Promise<void> => {
    const key = shardKey(prefix, shards++);
    const blob = shard.take();
    bytes += blob.length;
    await store.write(key, blob);
    context.onShard(key);
  };
  for (const unit of units) {
    for await (const { id, text, metadata } of unit.survivors()) {
      throwIfAborted(context.signal);
      const index = at++;
      if (wanted.has(index)) ids.set(index, id);
      const keptIndex = keeper[index] ?? index;
      if (keptIndex !== index) {
        duplicates++;
        const row = {
          id,
          step: 'minhash',
          reason: 'duplicate',
          url: metadata.url,
          recordId: metadata.recordId,
          duplicateOf: ids.get(keptIndex),
          match: match[index] === index ? undefined : ids.get(match[index]!),
        };
        if (duplicateRows.add(row)) duplicateMembers.push(duplicateRows.take());
        continue;
      }
      const started = performance.now();
      const clean = pii === false ? undefined : removePii(text, { ...pii, key: id });
      if (clean !== undefined) context.onTime('pii', started);
      emails += clean?.emails ?? 0;
      ipAddresses += clean?.ipAddresses ?? 0;
      kept++;
      const keptText = clean?.text ?? text;
      characters += keptText.length;
      if (shard.add({ id, text: keptText, metadata })) await flush();
    }
  }
  if (!shard.isEmpty) await flush();
  if (!duplicateRows.isEmpty) duplicateMembers.push(duplicateRows.take());
  const members: Uint8Array[] = [];
  for (const unit of units) for await (const member of unit.dropped()) members.push(member);
  await store.write(`${prefix}/dropped.jsonl.gz`, Buffer.concat([...members, ...duplicateMembers]));
  return { shards, bytes, kept, duplicates, characters, emails, ipAddresses };
}

async function findDuplicates(context: CorpusContext): Promise<ReturnType<DuplicateFinder['clusters']>> {
  const { buckets, units, onTime } = context;
  const finder = new DuplicateFinder(buckets ?? 0);
  if (buckets === undefined) return finder.clusters();
  for (const unit of units) for await (const signature of unit.signatures(buckets)) finder.add(signature);
  const started = performance.now();
  const clusters = finder.clusters();
  onTime('minhash', started);
  return clusters;
}
