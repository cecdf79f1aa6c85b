/**
 * What a unit of work (one input file) keeps until the corpus is written: parts of survivors with their
 * signatures, parts of dropped pages and, last, its summary, which says that it is whole.
 */
import type { ArtifactStore, Document } from '@llm/core';
import type { FunnelStep } from '../../pipeline/funnel.js';
import type { DataInput } from '../inputs/data-input.js';
import { readJson, writeJson } from './json-artifact.js';
import { LineBlob, readLineBlob } from './shards.js';
import { packSignatures, unpackSignatures } from './signatures.js';

export interface UnitSource {
  readonly input: DataInput;
  /** Unique among the inputs; the start of every id. */
  readonly label: string;
  /** Size of the file. */
  readonly bytes: number;
  /** Where the unit keeps its files: `prefix/work/00003`. */
  readonly place: string;
}

export interface UnitSummary {
  readonly parts: number;
  readonly droppedParts: number;
  readonly documents: number;
  /** Records by type, lines, damaged stretches. */
  readonly records: Readonly<Record<string, number>>;
  /** Documents and dropped pages: what the funnel's sums are about. */
  readonly pages: number;
  readonly funnel: readonly FunnelStep[];
  readonly languages: Readonly<Record<string, number>>;
  /** UTF-16 units of content that came in (HTML or text). */
  readonly characters: number;
}

const partCharacters = 8 * 1024 * 1024;

function partKey({ place }: UnitSource, kind: string, part: number, ending: string): string {
  return `${place}/${kind}-${String(part).padStart(5, '0')}.${ending}`;
}

export class UnitWriter {
  #parts = 0;
  #droppedParts = 0;
  readonly #survivors = new LineBlob(partCharacters);
  readonly #dropped = new LineBlob(partCharacters);
  #signatures: (Int32Array | undefined)[] = [];

  constructor(
    readonly store: ArtifactStore,
    readonly source: UnitSource,
    /** Of a signature; 0 when there are none. */
    readonly buckets: number,
  ) {}

  async keep(document: object, signature: Int32Array | undefined): Promise<void> {
    this.#signatures.push(signature);
    if (this.#survivors.add(document)) await this.#writeSurvivors();
  }

  async drop(row: object): Promise<void> {
    if (this.#dropped.add(row)) await this.#writeDropped();
  }

  /** Writes what is left, then the summary. */
  async end(counts: Omit<UnitSummary, 'parts' | 'droppedParts'>): Promise<Unit> {
    if (!this.#survivors.isEmpty) await this.#writeSurvivors();
    if (!this.#dropped.isEmpty) await this.#writeDropped();
    const summary = { parts: this.#parts, droppedParts: this.#droppedParts, ...counts };
    await writeJson(this.store, `${this.source.place}/done.json`, summary);
    return new Unit(this.store, this.source, summary);
  }

  async #writeSurvivors(): Promise<void> {
    const part = this.#parts++;
    await this.store.write(partKey(this.source, 'survivors', part, 'jsonl.gz'), this.#survivors.take());
    const signatures = packSignatures(this.#signatures, this.buckets);
    await this.store.write(partKey(this.source, 'survivors', part, 'minhash'), signatures);
    this.#signatures = [];
  }

  async #writeDropped(): Promise<void> {
    const key = partKey(this.source, 'dropped', this.#droppedParts++, 'jsonl.gz');
    await this.store.write(key, this.#dropped.take());
  }
}

/** A unit that is whole. */
export class Unit {
  constructor(
    readonly store: ArtifactStore,
    readonly source: UnitSource,
    readonly summary: UnitSummary,
  ) {}

  /** The unit that was finished earlier, if it was. */
  static async read(store: ArtifactStore, source: UnitSource): Promise<Unit | undefined> {
    const summary = await readJson<UnitSummary>(store, `${source.place}/done.json`);
    return summary && new Unit(store, source, summary);
  }

  async *signatures(buckets: number): AsyncGenerator<Int32Array | undefined> {
    for (let part = 0; part < this.summary.parts; part++) {
      const bytes = await this.store.read(partKey(this.source, 'survivors', part, 'minhash'));
      yield* unpackSignatures(bytes, buckets);
    }
  }

  async *survivors(): AsyncGenerator<Document> {
    for (let part = 0; part < this.summary.parts; part++)
      yield* readLineBlob<Document>(this.store, partKey(this.source, 'survivors', part, 'jsonl.gz'));
  }

  /** Gzip members with one line a dropped page. */
  async *dropped(): AsyncGenerator<Uint8Array> {
    for (let part = 0; part < this.summary.droppedParts; part++)
      yield await this.store.read(partKey(this.source, 'dropped', part, 'jsonl.gz'));
  }
}
