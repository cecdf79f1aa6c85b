/** Ids of documents of other units: the place of the item, or what the document itself is called. */
import { readWords } from '../deduplication/record-file.js';
import { readJson } from './json-artifact.js';
import type { RunContext } from './run-context.js';
import { partKey, segmentWords } from './unit-files.js';

/** Units and segments that are remembered. */
const mostRemembered = 256;

export class DocumentIds {
  readonly #segments = new Map<number, Promise<Uint32Array>>();
  readonly #own = new Map<string, Promise<ReadonlyMap<number, string>>>();

  constructor(readonly context: RunContext) {}

  async id([unit, item]: readonly [number, number]): Promise<string> {
    const { plan, store } = this.context;
    const { label, place } = plan.units[unit]!;
    const segments = await remembered(this.#segments, unit, () => readWords(store, `${place}/segments`));
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

/** The oldest is forgotten first. */
function remembered<Key, Value>(memory: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = memory.get(key);
  if (known !== undefined) return known;
  if (memory.size >= mostRemembered) memory.delete(memory.keys().next().value as Key);
  const value = make();
  memory.set(key, value);
  return value;
}
