/**
 * Which spans of which documents are repeats: a task that finds them goes by keys, who needs them goes by
 * shards. Marks are kept in parts, each sorted by document, with the first mark of each shard before them.
 */
import type { ArtifactStore } from '@llm/core';
import { sortKeys } from '../../deduplication/sort-keys.js';
import { readJson, writeJson } from '../pipeline/json-artifact.js';
import { partKey } from '../pipeline/unit-files.js';
import { readWords, wordBytes } from './record-file.js';
import { doubled } from './span-run.js';

const partMarks = 1 << 20;

export class SpanMarkWriter {
  #documents = new Uint32Array(4096);
  #places = new Uint32Array(4096);
  #length = 0;
  #parts = 0;

  /** `starts`: first documents of the shards, and one more than the last. */
  constructor(
    readonly store: ArtifactStore,
    readonly place: string,
    readonly starts: readonly number[],
  ) {}

  push(document: number, place: number): Promise<void> | undefined {
    if (this.#length === this.#documents.length) {
      this.#documents = doubled(this.#documents);
      this.#places = doubled(this.#places);
    }
    this.#documents[this.#length] = document;
    this.#places[this.#length++] = place;
    return this.#length === partMarks ? this.#flush() : undefined;
  }

  async #flush(): Promise<void> {
    const documents = this.#documents.subarray(0, this.#length);
    const places = this.#places.subarray(0, this.#length);
    const { starts } = this;
    const words = new Uint32Array(starts.length + documents.length * 2);
    let at = starts.length;
    let [shard, marks] = [0, 0];
    for (const mark of sortKeys(documents, places)) {
      const document = documents[mark]!;
      while (starts[shard + 1]! <= document) words[++shard] = marks;
      words[at++] = document;
      words[at++] = places[mark]!;
      marks++;
    }
    while (shard < starts.length - 1) words[++shard] = marks;
    this.#length = 0;
    await this.store.write(partKey(this.place, 'marks', this.#parts++), wordBytes(words));
  }

  async end(): Promise<void> {
    if (this.#length > 0) await this.#flush();
    await writeJson(this.store, `${this.place}/marks.json`, { parts: this.#parts });
  }
}

export interface ShardMarks {
  /** Places of the marks of a document, ascending; documents are asked for in their order. */
  of(document: number): Uint32Array;
}

/** What was written to these places; undefined when it is not there. */
export async function readShardMarks(
  store: ArtifactStore,
  places: readonly string[],
  shards: number,
  shard: number,
): Promise<ShardMarks | undefined> {
  const parts: Uint32Array[] = [];
  for (const place of places) {
    const written = await readJson<{ readonly parts: number }>(store, `${place}/marks.json`);
    if (written === undefined) return undefined;
    for (let part = 0; part < written.parts; part++) {
      const key = partKey(place, 'marks', part);
      const [from, to] = await readWords(store, key, shard, shard + 2);
      const head = shards + 1;
      if (from !== to) parts.push(await readWords(store, key, head + from! * 2, head + to! * 2));
    }
  }
  const marks = parts.reduce((sum, { length }) => sum + length / 2, 0);
  const documents = new Uint32Array(marks);
  const spans = new Uint32Array(marks);
  let at = 0;
  for (const part of parts)
    for (let word = 0; word < part.length; word += 2) {
      documents[at] = part[word]!;
      spans[at++] = part[word + 1]!;
    }
  const order = sortKeys(documents, spans);
  let next = 0;
  return {
    of(document) {
      while (next < marks && documents[order[next]!]! < document) next++;
      const first = next;
      while (next < marks && documents[order[next]!] === document) next++;
      return Uint32Array.from(order.subarray(first, next), (mark) => spans[mark]!);
    },
  };
}
