/**
 * Spans of texts (sentences, stretches of bytes) with 64-bit keys in sorted runs, after `sorted-run.ts`:
 * where a key has a document, a span has a document and a place in it. A run is read as a stream, so that a
 * key that half of the corpus has costs no memory.
 */
import type { ArtifactStore } from '@llm/core';
import { sortKeys } from '../../deduplication/sort-keys.js';
import { partKey } from '../pipeline/unit-files.js';
import { readWords, wordBytes } from './record-file.js';
import { divisions } from './sorted-run.js';

const headWords = divisions + 1;
/** First and second word of the key, document, place. */
export const spanWords = 4;
/** Spans that are sorted at once: 48 bytes each. */
export const runSpans = 1 << 20;

/** With room for as much again. */
export function doubled(column: Uint32Array): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(column.length * 2);
  grown.set(column);
  return grown;
}

export class SpanRunWriter {
  #columns = Array.from({ length: spanWords }, () => new Uint32Array(4096));
  #length = 0;
  runs = 0;
  spans = 0;

  /** Writes `place-00000` … */
  constructor(
    readonly store: ArtifactStore,
    readonly place: string,
  ) {}

  get isFull(): boolean {
    return this.#length === runSpans;
  }

  /** There must be room: spans come in the order of their documents and places. */
  push(high: number, low: number, document: number, place: number): void {
    const at = this.#length++;
    if (at === this.#columns[0]!.length) this.#columns = this.#columns.map(doubled);
    const [highs, lows, documents, places] = this.#columns;
    highs![at] = high;
    lows![at] = low;
    documents![at] = document;
    places![at] = place;
  }

  async flush(): Promise<void> {
    const length = this.#length;
    if (length === 0) return;
    const columns = this.#columns.map((column) => column.subarray(0, length));
    const [high, low] = columns;
    const words = new Uint32Array(headWords + length * spanWords);
    for (const word of high!) words[(word >>> 24) + 1]!++;
    for (let division = 1; division <= divisions; division++)
      words[division] = words[division]! + words[division - 1]!;
    let at = headWords;
    for (const place of sortKeys(high!, low!)) for (const column of columns) words[at++] = column[place]!;
    await this.store.write(partKey(this.place, 'run', this.runs++), wordBytes(words));
    this.spans += length;
    this.#length = 0;
  }
}

/** The spans of a run whose keys lie from division `from` up to `to`, some at a time. */
export class SpanStream {
  #words: Uint32Array = new Uint32Array();
  #at = 0;
  #next = 0;
  #end = 0;
  high = 0;
  low = 0;
  document = 0;
  place = 0;

  constructor(
    readonly store: ArtifactStore,
    readonly key: string,
    readonly bufferSpans: number,
    /** 0: of this corpus; else of an earlier crawl, from 1. */
    readonly origin = 0,
  ) {}

  /** False when there is none. */
  async open(from: number, to: number): Promise<boolean> {
    const head = await readWords(this.store, this.key, 0, headWords);
    this.#next = head[from]!;
    this.#end = head[to]!;
    return this.#next < this.#end && (await this.load());
  }

  /** Goes on to the next span that is in memory; false when there is none. */
  step(): boolean {
    if (this.#at === this.#words.length) return false;
    this.high = this.#words[this.#at++]!;
    this.low = this.#words[this.#at++]!;
    this.document = this.#words[this.#at++]!;
    this.place = this.#words[this.#at++]!;
    return true;
  }

  /** False at the end of the range. */
  async load(): Promise<boolean> {
    if (this.#next === this.#end) return false;
    const stop = Math.min(this.#end, this.#next + this.bufferSpans);
    const [start, end] = [this.#next, stop].map((span) => headWords + span * spanWords);
    this.#words = await readWords(this.store, this.key, start!, end!);
    this.#at = 0;
    this.#next = stop;
    return this.step();
  }
}

/**
 * All spans of the streams, which stand at their first, by key, and where keys are equal in the order of the
 * streams. `take` sees the stream that stands at the span, and may say that it wants to be waited for.
 */
export async function mergeSpans(
  streams: readonly SpanStream[],
  take: (span: SpanStream) => Promise<void> | undefined,
): Promise<void> {
  const heap = streams.map((stream, order) => ({ stream, order }));
  type Entry = (typeof heap)[number];
  const isBefore = (a: Entry, b: Entry): boolean =>
    a.stream.high !== b.stream.high
      ? a.stream.high < b.stream.high
      : a.stream.low !== b.stream.low
        ? a.stream.low < b.stream.low
        : a.order < b.order;
  const sink = (from: number): void => {
    const entry = heap[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, entry)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = entry;
  };
  for (let at = (heap.length >> 1) - 1; at >= 0; at--) sink(at);
  while (heap.length > 0) {
    const { stream } = heap[0]!;
    const waiting = take(stream);
    if (waiting !== undefined) await waiting;
    if (!stream.step() && !(await stream.load())) {
      const last = heap.pop()!;
      if (heap.length === 0) return;
      heap[0] = last;
    }
    sink(0);
  }
}
