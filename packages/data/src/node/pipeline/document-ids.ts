/**
 * What documents are called that are known by unit and item: the place of the item, or what the document
 * itself is called.
 */
import type { ArtifactStore } from '@llm/core';
import { readWords } from '../deduplication/record-file.js';
import { readJson } from './json-artifact.js';
import { partKey, segmentWords } from './unit-files.js';

/** Units and segments that are remembered. */
const mostRemembered = 256;

export interface NamedUnit {
  readonly label: string;
  /** Where its segments and ids are. */
  readonly place: string;
}

export class DocumentIds {
  readonly #segments = new Map<string, Promise<Uint32Array>>();
  readonly #own = new Map<string, Promise<ReadonlyMap<number, string>>>();

  constructor(readonly store: ArtifactStore) {}

  async id({ label, place }: NamedUnit, item: number): Promise<string> {
    const { store } = this;
    const segments = await remembered(this.#segments, place, () => readWords(store, `${place}/segments`));
    let low = 0;
    let high = segments.length / segmentWords - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (segments[middle * segmentWords + 1]! < item) low = middle + 1;
      else high = middle;
    }
    if (segments[low * segmentWords + 2] === 0) return `${label}#${item}`;
    const key = partKey(place, 'ids', low, '.json');
    const own = await remembered(
      this.#own,
      key,
      async () => new Map((await readJson<[number, string][]>(store, key)) ?? []),
    );
    return own.get(item) ?? `${label}#${item}`;
  }
}

/** Copies what the ids of a unit's documents follow from; returns whether some have one of their own. */
export async function copyDocumentIds(store: ArtifactStore, from: string, to: string): Promise<boolean> {
  const segments = await readWords(store, `${from}/segments`);
  let hasIds = false;
  for (let segment = 0; segment * segmentWords < segments.length; segment++) {
    if (segments[segment * segmentWords + 2] === 0) continue;
    hasIds = true;
    const ending = '.json';
    await store.write(
      partKey(to, 'ids', segment, ending),
      await store.read(partKey(from, 'ids', segment, ending)),
    );
  }
  if (hasIds) await store.write(`${to}/segments`, await store.read(`${from}/segments`));
  return hasIds;
}

/** The oldest is forgotten first. */
function remembered<Key, Value>(memory: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = memory.get(key);
  if (known !== undefined) return known;
  if (memory.size >= mostRemembered) memory.delete(memory.keys().next().value as Key);
  const value = make();
  memory.set(key, value);
  return value;
}
