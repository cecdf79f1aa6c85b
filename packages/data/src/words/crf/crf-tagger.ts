/**
 * A first-order conditional random field as CRFsuite writes it (`lCRF`, version 100), and the labels that it
 * gives a sequence (Viterbi). The model may lie inside a pickle of sklearn-crfsuite. Left out: probabilities,
 * training.
 */
import { LlmError } from '@llm/core';

/** What is true of one item of a sequence, each with weight 1. */
export type Attributes = readonly string[];

export class CrfTagger {
  readonly labels: readonly string[];
  readonly #attributes: ReadonlyMap<string, number>;
  /** Of attribute `a` at `#first[a]`…`#first[a + 1]`: label and weight. */
  readonly #first: Int32Array;
  readonly #label: Int32Array;
  readonly #weight: Float64Array;
  /** `[from, to]` */
  readonly #transition: Float64Array;

  /** Throws `data/crf-invalid`. */
  constructor(bytes: Uint8Array) {
    try {
      const view = modelIn(bytes);
      const [attributeCount = 0, features = 0, labels = 0, attributes = 0] = [24, 28, 32, 36].map((at) =>
        view.getUint32(at, true),
      );
      this.labels = [...namesAt(view, labels).keys()];
      this.#attributes = namesAt(view, attributes);
      if (this.#attributes.size !== attributeCount) throw invalid('it counts other attributes than it names');
      this.#transition = new Float64Array(this.labels.length ** 2);
      const found = stateFeatures(view, features, attributeCount);
      ({ first: this.#first, label: this.#label, weight: this.#weight } = found);
      for (const { source, target, weight } of found.transitions)
        this.#transition[source * this.labels.length + target] = weight;
    } catch (cause) {
      throw LlmError.isInstance(cause) ? cause : invalid('its tables point behind its end', cause);
    }
  }

  /** The most likely labels, as indexes of `labels`; of equals the first. */
  tag(items: readonly Attributes[]): Int32Array {
    const count = this.labels.length;
    const path = new Int32Array(items.length);
    if (items.length === 0) return path;
    const back = new Int32Array(items.length * count);
    let score = this.#scores(items[0]!);
    for (let item = 1; item < items.length; item++) {
      const own = this.#scores(items[item]!);
      for (let to = 0; to < count; to++) {
        let best = -Infinity;
        for (let from = 0; from < count; from++) {
          const through = score[from]! + this.#transition[from * count + to]!;
          if (through <= best) continue;
          best = through;
          back[item * count + to] = from;
        }
        own[to]! += best;
      }
      score = own;
    }
    let label = 0;
    for (let other = 1; other < count; other++) if (score[other]! > score[label]!) label = other;
    for (let item = items.length - 1; item >= 0; item--) {
      path[item] = label;
      label = back[item * count + label]!;
    }
    return path;
  }

  #scores(attributes: Attributes): Float64Array {
    const scores = new Float64Array(this.labels.length);
    for (const name of attributes) {
      const attribute = this.#attributes.get(name);
      if (attribute === undefined) continue;
      for (let at = this.#first[attribute]!; at < this.#first[attribute + 1]!; at++)
        scores[this.#label[at]!]! += this.#weight[at]!;
    }
    return scores;
  }
}

const magic = [...'lCRF'].map((letter) => letter.charCodeAt(0));

/** The model by itself. Offsets in it are checked by the view. */
function modelIn(bytes: Uint8Array): DataView {
  for (let at = bytes.indexOf(magic[0]!); at >= 0; at = bytes.indexOf(magic[0]!, at + 1)) {
    if (!magic.every((letter, place) => bytes[at + place] === letter)) continue;
    const model = pickledText(bytes, at) ?? bytes.subarray(at);
    const view = new DataView(model.buffer, model.byteOffset, model.length);
    const size = model.length < 48 ? 0 : view.getUint32(4, true);
    if (size >= 48 && size <= model.length) return new DataView(model.buffer, model.byteOffset, size);
  }
  throw invalid('"lCRF" and a whole model behind it are not in it');
}

function invalid(reason: string, cause?: unknown): LlmError {
  return new LlmError({
    code: 'data/crf-invalid',
    message: `This is no model of CRFsuite: ${reason}. Give a .crfsuite file, or a pickle of sklearn-crfsuite.`,
    cause,
  });
}

/** The chunk of features: from attributes to labels, sorted by attribute, and from label to label. */
function stateFeatures(view: DataView, start: number, attributeCount: number) {
  const count = view.getUint32(start + 8, true);
  const at = (feature: number): number => start + 12 + 20 * feature;
  // What does not fit is found before anything of its size is made.
  view.getUint8(at(count) - 1);
  const isState = (feature: number): boolean => view.getUint32(at(feature), true) === 0;
  const first = new Int32Array(attributeCount + 1);
  for (let feature = 0; feature < count; feature++)
    if (isState(feature)) first[view.getUint32(at(feature) + 4, true) + 1]!++;
  for (let attribute = 0; attribute < attributeCount; attribute++) first[attribute + 1]! += first[attribute]!;
  const label = new Int32Array(first[attributeCount]!);
  const weight = new Float64Array(label.length);
  const transitions: { source: number; target: number; weight: number }[] = [];
  const next = first.slice();
  for (let feature = 0; feature < count; feature++) {
    const source = view.getUint32(at(feature) + 4, true);
    const target = view.getUint32(at(feature) + 8, true);
    const own = view.getFloat64(at(feature) + 12, true);
    if (!isState(feature)) {
      transitions.push({ source, target, weight: own });
      continue;
    }
    const place = next[source]!++;
    label[place] = target;
    weight[place] = own;
  }
  return { first, label, weight, transitions };
}

/** Old pickles write bytes as text in UTF-8, behind an `X` and the length. */
function pickledText(bytes: Uint8Array, start: number): Uint8Array | undefined {
  if (start < 5 || bytes[start - 5] !== 0x58) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset + start - 4).getUint32(0, true);
  const text = new globalThis.TextDecoder().decode(bytes.subarray(start, start + length));
  return Uint8Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
}

/** Names by their numbers, in ascending order: the tables of a constant database (CQDB). */
function namesAt(view: DataView, start: number): Map<string, number> {
  const [backSize, back] = [view.getUint32(start + 16, true), view.getUint32(start + 20, true)];
  const names = new Map<string, number>();
  const decoder = new globalThis.TextDecoder();
  for (let number = 0; number < backSize; number++) {
    const record = start + view.getUint32(start + back + 4 * number, true);
    const length = view.getUint32(record + 4, true);
    const name = new Uint8Array(view.buffer, view.byteOffset + record + 8, length - 1);
    names.set(decoder.decode(name), view.getUint32(record, true));
  }
  return names;
}
