/**
 * A sorted run: the keys of some documents by bucket, ascending, each with the number of its document. Before
 * the records of all buckets stands, for each bucket, how many records lie below each of 256 equal divisions
 * of the key space, so that a range of keys is one read.
 */
import type { ArtifactStore } from '@llm/core';
import { sortKeys } from '../../deduplication/sort-keys.js';
import { readWords, wordBytes } from './record-file.js';

/** Of the first word of a key: its upper 8 bits. */
export const divisions = 256;
const headWords = divisions + 1;
/** First and second word of a key, document. */
export const recordWords = 3;

/** Records of one bucket as columns. */
export interface KeyColumns {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  readonly documents: Uint32Array;
}

/** The file of a run with these buckets. */
export function packRun(buckets: readonly KeyColumns[]): Uint8Array {
  const total = buckets.reduce((sum, { high }) => sum + high.length, 0);
  const words = new Uint32Array(buckets.length * headWords + total * recordWords);
  let at = buckets.length * headWords;
  buckets.forEach(({ high, low, documents }, bucket) => {
    const head = words.subarray(bucket * headWords, (bucket + 1) * headWords);
    for (const word of high) head[(word >>> 24) + 1]!++;
    for (let division = 1; division <= divisions; division++)
      head[division] = head[division]! + head[division - 1]!;
    for (const place of sortKeys(high, low)) {
      words[at++] = high[place]!;
      words[at++] = low[place]!;
      words[at++] = documents[place]!;
    }
  });
  return wordBytes(words);
}

export interface RunSource {
  readonly store: ArtifactStore;
  readonly key: string;
  /** What is added to the run's numbers of documents. */
  readonly base: number;
  /** Buckets in the file, and which of them is read. */
  readonly buckets: number;
  readonly bucket: number;
}

/** The records of one bucket whose keys lie from division `from` up to `to`. */
export async function readRun(source: RunSource, from = 0, to = divisions): Promise<KeyColumns> {
  const { store, key, base, buckets, bucket } = source;
  const heads = await readWords(store, key, 0, buckets * headWords);
  let start = buckets * headWords;
  for (let before = 0; before < bucket; before++)
    start += heads[before * headWords + divisions]! * recordWords;
  const head = heads.subarray(bucket * headWords, (bucket + 1) * headWords);
  const records = head[to]! - head[from]!;
  start += head[from]! * recordWords;
  const words =
    records === 0 ? new Uint32Array() : await readWords(store, key, start, start + records * recordWords);
  const columns = emptyColumns(records);
  for (let record = 0, at = 0; record < records; record++) {
    columns.high[record] = words[at++]!;
    columns.low[record] = words[at++]!;
    columns.documents[record] = words[at++]! + base;
  }
  return columns;
}

export function emptyColumns(records: number): KeyColumns {
  return {
    high: new Uint32Array(records),
    low: new Uint32Array(records),
    documents: new Uint32Array(records),
  };
}

export function joinColumns(parts: readonly KeyColumns[]): KeyColumns {
  const joined = emptyColumns(parts.reduce((sum, { high }) => sum + high.length, 0));
  let at = 0;
  for (const { high, low, documents } of parts) {
    joined.high.set(high, at);
    joined.low.set(low, at);
    joined.documents.set(documents, at);
    at += high.length;
  }
  return joined;
}
