/**
 * What a unit of work (an input file, or a piece of a large one) keeps until the corpus is written. It grows
 * in segments of a fixed number of items; after each the checkpoint says how far the unit is, so that a unit
 * that was cut off goes on there and writes the same bytes. When it is whole, its keys lie in sorted runs.
 */
import type { ArtifactStore, Document } from '@llm/core';
import type { FunnelStep } from '../../pipeline/funnel.js';
import { readWords, WordList, wordBytes } from '../deduplication/record-file.js';
import { packRun } from '../deduplication/sorted-run.js';
import type { ByteRange } from '../files/input-file.js';
import type { DataInput } from '../inputs/data-input.js';
import { readJson, writeJson } from './json-artifact.js';
import type { MeasuredRow } from './record-options.js';
import { LineBlob, readLineBlob } from './shards.js';

export interface UnitSource {
  readonly input: DataInput;
  /** Of the input: unique among the inputs. */
  readonly file: string;
  /** Unique among the units; the start of every id. */
  readonly label: string;
  /** Of the file. */
  readonly range: ByteRange;
  /** Where the unit keeps its files. */
  readonly place: string;
}

/** What is counted while a unit grows. */
export interface UnitCounts {
  readonly documents: number;
  /** Records by type, lines, damaged stretches. */
  readonly records: Readonly<Record<string, number>>;
  /** Documents and dropped pages: what the funnel's sums are about. */
  readonly pages: number;
  readonly funnel: readonly FunnelStep[];
  readonly languages: Readonly<Record<string, number>>;
  /** UTF-16 units of content that came in (HTML or text). */
  readonly characters: number;
  /** Seconds by step: no part of the output. */
  readonly seconds: Readonly<Record<string, number>>;
}

export interface UnitSummary extends UnitCounts {
  /** Items of the input that are dealt with. */
  readonly items: number;
  readonly segments: number;
  readonly droppedParts: number;
  readonly measureParts: number;
  readonly done: boolean;
}

/** Documents in a sorted run. */
export const runDocuments = 1 << 16;
/** Words of a document among the places: its item, and the UTF-16 units of its line. */
export const placeWords = 2;
/**
 * Words of a segment: documents up to its end, the last of their items, whether some have an id of their own.
 */
export const segmentWords = 3;

export function partKey(place: string, kind: string, part: number, ending = ''): string {
  return `${place}/${kind}-${String(part).padStart(5, '0')}${ending}`;
}

export function readUnit(store: ArtifactStore, { place }: UnitSource): Promise<UnitSummary | undefined> {
  return readJson<UnitSummary>(store, `${place}/unit.json`);
}

export class UnitWriter {
  #segments: number;
  #droppedParts: number;
  #measureParts: number;
  readonly #survivors = new LineBlob(Number.POSITIVE_INFINITY);
  readonly #dropped = new LineBlob(Number.POSITIVE_INFINITY);
  readonly #measures = new LineBlob(Number.POSITIVE_INFINITY);
  /** Item, length and keys of each survivor. */
  readonly #rows = new WordList();
  #ownIds: (readonly [number, string])[] = [];

  constructor(
    readonly store: ArtifactStore,
    readonly source: UnitSource,
    /** Of a document's keys. */
    readonly buckets: number,
    from: UnitSummary | undefined,
  ) {
    this.#segments = from?.segments ?? 0;
    this.#droppedParts = from?.droppedParts ?? 0;
    this.#measureParts = from?.measureParts ?? 0;
  }

  /** `ownId`: the document's, where it is not the place of its item. */
  keep(item: number, document: object, keys: Uint32Array | undefined, ownId?: string | undefined): void {
    if (ownId !== undefined) this.#ownIds.push([item, ownId]);
    this.#rows.push(item, this.#survivors.add(document), ...(keys ?? []));
  }

  drop(row: object): void {
    this.#dropped.add(row);
  }

  measure(row: MeasuredRow): void {
    this.#measures.add(row);
  }

  /** UTF-16 units that wait for the next checkpoint. */
  get waiting(): number {
    return this.#survivors.length + this.#dropped.length + this.#measures.length;
  }

  /** Writes what came since the last checkpoint, then says that it is written. */
  async checkpoint(items: number, counts: UnitCounts, done = false): Promise<UnitSummary> {
    const { place } = this.source;
    if (!this.#survivors.isEmpty)
      await this.store.write(
        partKey(place, 'survivors', this.#segments, '.jsonl.gz'),
        this.#survivors.take(),
      );
    if (!this.#dropped.isEmpty)
      await this.store.write(
        partKey(place, 'dropped', this.#droppedParts++, '.jsonl.gz'),
        this.#dropped.take(),
      );
    if (!this.#measures.isEmpty)
      await this.store.write(
        partKey(place, 'measures', this.#measureParts++, '.jsonl.gz'),
        this.#measures.take(),
      );
    if (this.#ownIds.length > 0)
      await writeJson(this.store, partKey(place, 'ids', this.#segments, '.json'), this.#ownIds);
    this.#ownIds = [];
    await this.store.write(partKey(place, 'segment', this.#segments++), wordBytes(this.#rows.words));
    this.#rows.clear();
    if (done) await this.#sort();
    const summary: UnitSummary = {
      ...counts,
      items,
      segments: this.#segments,
      droppedParts: this.#droppedParts,
      measureParts: this.#measureParts,
      done,
    };
    await writeJson(this.store, `${place}/unit.json`, summary);
    return summary;
  }

  /** Segments → runs of sorted keys, and the places of the documents in their order. */
  async #sort(): Promise<void> {
    const { place } = this.source;
    const width = placeWords + this.buckets * 2;
    let rows = new WordList();
    let first = 0;
    let run = 0;
    const flush = async (documents: number): Promise<void> => {
      const { words } = rows;
      const places = new Uint32Array(documents * placeWords);
      for (let at = 0; at < documents; at++)
        places.set(words.subarray(at * width, at * width + placeWords), at * placeWords);
      await this.store.write(partKey(place, 'places', run), wordBytes(places));
      if (this.buckets > 0) {
        const columns = Array.from({ length: this.buckets }, (_, bucket) =>
          bucketColumns(words, documents, width, bucket, first),
        );
        await this.store.write(partKey(place, 'run', run), packRun(columns));
      }
      const rest = words.slice(documents * width);
      rows = new WordList();
      rows.append(rest);
      first += documents;
      run++;
    };
    const segments = new Uint32Array(this.#segments * segmentWords);
    let last = 0;
    for (let segment = 0; segment < this.#segments; segment++) {
      rows.append(await readWords(this.store, partKey(place, 'segment', segment)));
      const documents = rows.length / width;
      if (documents > 0) last = rows.words[(documents - 1) * width]!;
      const hasIds = await this.store.has(partKey(place, 'ids', segment, '.json'));
      segments.set([first + documents, last, Number(hasIds)], segment * segmentWords);
      while (rows.length >= runDocuments * width) await flush(runDocuments);
    }
    if (rows.length > 0) await flush(rows.length / width);
    await this.store.write(`${place}/segments`, wordBytes(segments));
  }
}

function bucketColumns(words: Uint32Array, documents: number, width: number, bucket: number, first: number) {
  const columns = { high: new WordList(), low: new WordList(), documents: new WordList() };
  for (let document = 0; document < documents; document++) {
    const at = document * width + placeWords + bucket * 2;
    if (words[at] === 0 && words[at + 1] === 0) continue;
    columns.high.push(words[at]!);
    columns.low.push(words[at + 1]!);
    columns.documents.push(first + document);
  }
  return { high: columns.high.words, low: columns.low.words, documents: columns.documents.words };
}

/** Survivors of a unit that is whole: those with numbers from `from` up to `to`, each with its number. */
export async function* readSurvivors(
  store: ArtifactStore,
  { place }: UnitSource,
  from: number,
  to: number,
): AsyncGenerator<{ readonly document: Document; readonly number: number }> {
  const segments = await readWords(store, `${place}/segments`);
  for (let segment = 0, number = 0; segment * segmentWords < segments.length && number < to; segment++) {
    const end = segments[segment * segmentWords]!;
    if (end > from && end > number) {
      for await (const document of readLineBlob<Document>(
        store,
        partKey(place, 'survivors', segment, '.jsonl.gz'),
      )) {
        if (number >= from && number < to) yield { document, number };
        number++;
      }
    }
    number = end;
  }
}
