/**
 * Which spans of which documents are repeats: a task that finds them goes by keys, who needs them goes by
 * shards. Marks are kept in parts, each sorted by document, with the first mark of each shard before them.
 * Of a span that an earlier crawl has they say which document of which crawl has it.
 */
import type { ArtifactStore } from '@llm/core';
import { sortKeys } from '../../deduplication/sort-keys.js';
import { readJson, writeJson } from '../pipeline/json-artifact.js';
import { partKey } from '../pipeline/unit-files.js';
import { readWords, wordBytes } from './record-file.js';
import { doubled } from './span-run.js';

const partMarks = 1 << 20;
const markWords = (hasMatches: boolean): number => (hasMatches ? 4 : 2);

export class SpanMarkWriter {
  #columns: Uint32Array[];
  #length = 0;
  #parts = 0;

  /** `starts`: first documents of the shards, and one more than the last. */
  constructor(
    readonly store: ArtifactStore,
    readonly place: string,
    readonly starts: readonly number[],
    readonly hasMatches = false,
  ) {
    this.#columns = Array.from({ length: markWords(hasMatches) }, () => new Uint32Array(4096));
  }

  /** `match`: a document of the earlier crawl `origin`, from 1; of `origin` 0 there is none. */
  push(document: number, place: number, match = 0, origin = 0): Promise<void> | undefined {
    if (this.#length === this.#columns[0]!.length) this.#columns = this.#columns.map(doubled);
    const [documents, places, matches, origins] = this.#columns;
    documents![this.#length] = document;
    places![this.#length] = place;
    if (this.hasMatches) {
      matches![this.#length] = match;
      origins![this.#length] = origin;
    }
    return ++this.#length === partMarks ? this.#flush() : undefined;
  }

  async #flush(): Promise<void> {
    const columns = this.#columns.map((column) => column.subarray(0, this.#length));
    const [documents, places] = columns as [Uint32Array, Uint32Array];
    const { starts } = this;
    const words = new Uint32Array(starts.length + documents.length * columns.length);
    let at = starts.length;
    let [shard, marks] = [0, 0];
    for (const mark of sortKeys(documents, places)) {
      const document = documents[mark]!;
      while (starts[shard + 1]! <= document) words[++shard] = marks;
      for (const column of columns) words[at++] = column[mark]!;
      marks++;
    }
    while (shard < starts.length - 1) words[++shard] = marks;
    this.#length = 0;
    await this.store.write(partKey(this.place, 'marks', this.#parts++), wordBytes(words));
  }

  async end(): Promise<void> {
    if (this.#length > 0) await this.#flush();
    const { hasMatches } = this;
    await writeJson(this.store, `${this.place}/marks.json`, { parts: this.#parts, hasMatches });
  }
}

/** A document of an earlier crawl (from 1) that has a span. */
export interface SpanMatch {
  readonly origin: number;
  readonly document: number;
}

export interface DocumentMarks {
  /** Ascending. */
  readonly places: Uint32Array;
  /** Of those that an earlier crawl has. */
  readonly matches: readonly SpanMatch[];
}

export interface ShardMarks {
  /** The marks of a document; documents are asked for in their order. */
  of(document: number): DocumentMarks;
}

/** What was written to these places; undefined when it is not there. */
export async function readShardMarks(
  store: ArtifactStore,
  places: readonly string[],
  shards: number,
  shard: number,
): Promise<ShardMarks | undefined> {
  const parts: Uint32Array[] = [];
  let width = markWords(false);
  for (const place of places) {
    const written = await readJson<{ readonly parts: number; readonly hasMatches: boolean }>(
      store,
      `${place}/marks.json`,
    );
    if (written === undefined) return undefined;
    width = markWords(written.hasMatches);
    for (let part = 0; part < written.parts; part++) {
      const key = partKey(place, 'marks', part);
      const [from, to] = await readWords(store, key, shard, shard + 2);
      const head = shards + 1;
      if (from !== to) parts.push(await readWords(store, key, head + from! * width, head + to! * width));
    }
  }
  const marks = parts.reduce((sum, { length }) => sum + length / width, 0);
  const columns = Array.from({ length: width }, () => new Uint32Array(marks));
  let at = 0;
  for (const part of parts)
    for (let word = 0; word < part.length; at++) for (const column of columns) column[at] = part[word++]!;
  const [documents, spans, matches, origins] = columns as [Uint32Array, Uint32Array, ...Uint32Array[]];
  const order = sortKeys(documents, spans);
  let next = 0;
  return {
    of(document) {
      while (next < marks && documents[order[next]!]! < document) next++;
      const first = next;
      while (next < marks && documents[order[next]!] === document) next++;
      const own = order.subarray(first, next);
      return {
        places: Uint32Array.from(own, (mark) => spans[mark]!),
        matches:
          origins === undefined
            ? []
            : Array.from(own, (mark) => ({ origin: origins[mark]!, document: matches![mark]! })).filter(
                ({ origin }) => origin > 0,
              ),
      };
    },
  };
}
