/**
 * The unit of work: one input file → parts of survivors (with their signatures), parts of dropped pages and, last, a
 * completion marker. Run again it writes the same bytes under the same keys; killed anywhere it is simply run again.
 */
import { basename } from 'node:path';
import { type ArtifactStore, throwIfAborted } from '@llm/core';
import { createMinhasher, type MinhashConfig } from '../../deduplication/minhash.js';
import type { PageSteps } from '../../pipeline/fineweb-steps.js';
import { FunnelCounter, type FunnelStep } from '../../pipeline/funnel.js';
import { type DataInput, type InputLimits, readInput } from '../inputs/read-input.js';
import { LineBlob } from './shards.js';

/** A document that passed every step that looks at one page alone. */
export interface Survivor {
  readonly id: string;
  readonly text: string;
  readonly metadata: Readonly<Record<string, import('@llm/core').JsonValue>>;
}

export interface UnitSummary {
  readonly label: string;
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

export interface UnitContext {
  readonly store: ArtifactStore;
  /** Where the unit keeps its parts: `prefix/work/00003`. */
  readonly place: string;
  /** Unique among the inputs; the start of every id. */
  readonly label: string;
  readonly steps: PageSteps;
  readonly minhash: MinhashConfig | false;
  readonly limits: InputLimits;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (bytes: number, pages: number) => void;
  readonly onWarning: (message: string) => void;
}

const partCharacters = 8 * 1024 * 1024;

export const unitKeys = {
  survivors: (place: string, part: number): string =>
    `${place}/survivors-${String(part).padStart(5, '0')}.jsonl.gz`,
  signatures: (place: string, part: number): string =>
    `${place}/survivors-${String(part).padStart(5, '0')}.minhash`,
  dropped: (place: string, part: number): string =>
    `${place}/dropped-${String(part).padStart(5, '0')}.jsonl.gz`,
  done: (place: string): string => `${place}/done.json`,
};

export async function processInput(input: DataInput, context: UnitContext): Promise<UnitSummary> {
  const { store, place, label, limits } = context;
  const minhasher = context.minhash === false ? undefined : createMinhasher(context.minhash);
  const filtered = input.quality === undefined ? input.kind === 'warc' : input.quality === 'filter';
  const funnel = new FunnelCounter();
  const records = new Map<string, number>();
  const languages = new Map<string, number>();
  const survivors = new LineBlob(partCharacters);
  const dropped = new LineBlob(partCharacters);
  let signatures: (Int32Array | undefined)[] = [];
  const written = { parts: 0, droppedParts: 0 };
  let [documents, pages, characters, ordinal, damages, bytesRead] = [0, 0, 0, 0, 0, 0];

  const flushSurvivors = async (): Promise<void> => {
    await store.write(unitKeys.survivors(place, written.parts), survivors.take());
    await store.write(
      unitKeys.signatures(place, written.parts),
      packSignatures(signatures, minhasher?.buckets ?? 0),
    );
    signatures = [];
    written.parts++;
  };
  const drop = async (row: Readonly<Record<string, unknown>>): Promise<void> => {
    if (dropped.add(row)) await store.write(unitKeys.dropped(place, written.droppedParts++), dropped.take());
  };

  const items = readInput(input, limits, (bytes) => {
    bytesRead = bytes;
  });
  for await (const item of items) {
    throwIfAborted(context.signal);
    records.set(item.recordType, (records.get(item.recordType) ?? 0) + 1);
    const id = `${label}#${ordinal++}`;
    if (item.kind === 'other') continue;
    pages++;
    context.onProgress(bytesRead, pages);
    if (item.kind === 'dropped') {
      funnel.count('reader', item.reason);
      if (item.recordType === 'damaged' && damages++ < 3) {
        const { offset, message } = item.details;
        context.onWarning(
          `${basename(input.path)}, byte ${String(offset)}: ${String(message)} (${item.reason}).`,
        );
      }
      await drop({ id, step: 'reader', reason: item.reason, ...item.details });
      continue;
    }
    funnel.count('reader');
    characters += item.input.content.length;
    const outcome = filtered
      ? context.steps(item.input, funnel)
      : ({ kind: 'kept', text: item.input.content, title: '' } as const);
    const language = outcome.language;
    if (language !== undefined) languages.set(language, (languages.get(language) ?? 0) + 1);
    if (outcome.kind === 'dropped') {
      const { step, reason } = outcome;
      await drop({ id, step, reason, ...item.metadata, ...(language === undefined ? {} : { language }) });
      continue;
    }
    const metadata = {
      ...item.metadata,
      source: label,
      ...(outcome.title === '' ? {} : { title: outcome.title }),
      ...(language === undefined ? {} : { language, languageScore: round(outcome.languageScore ?? 0) }),
    };
    documents++;
    signatures.push(minhasher?.signature(outcome.text));
    const survivor: Survivor = { id, text: outcome.text, metadata };
    if (survivors.add(survivor)) await flushSurvivors();
  }
  if (!survivors.isEmpty) await flushSurvivors();
  if (!dropped.isEmpty) await store.write(unitKeys.dropped(place, written.droppedParts++), dropped.take());
  const summary: UnitSummary = {
    label,
    ...written,
    documents,
    records: sorted(records),
    pages,
    funnel: funnel.steps(),
    languages: sorted(languages),
    characters,
  };
  await store.write(unitKeys.done(place), new TextEncoder().encode(JSON.stringify(summary)));
  return summary;
}

export function sorted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function round(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}

/** One byte a document (has a signature or not), then the signatures, little-endian. */
function packSignatures(signatures: readonly (Int32Array | undefined)[], buckets: number): Uint8Array {
  const width = buckets * 8;
  const bytes = new Uint8Array(signatures.length * (1 + width));
  const view = new DataView(bytes.buffer);
  signatures.forEach((signature, index) => {
    if (signature === undefined) return;
    bytes[index] = 1;
    signature.forEach((value, at) => {
      view.setInt32(signatures.length + index * width + at * 4, value, true);
    });
  });
  return bytes;
}

/** Reads what `packSignatures` wrote. */
export function unpackSignatures(bytes: Uint8Array, buckets: number): (Int32Array | undefined)[] {
  const width = buckets * 8;
  const count = bytes.length / (1 + width);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, index) =>
    bytes[index] === 0
      ? undefined
      : Int32Array.from({ length: buckets * 2 }, (__, at) =>
          view.getInt32(count + index * width + at * 4, true),
        ),
  );
}
