/** Typed access to a GGUF file's metadata; a missing or ill-typed key is an error that names it. */
import { unsupportedGguf } from '../gguf-error.js';
import type { GgufFile } from './gguf-file.js';
import type { GgufValue } from './metadata-values.js';

export class MetadataReader {
  readonly #file: GgufFile;
  readonly #prefix: string;

  /** `prefix` stands before every key: `llama.` */
  constructor(file: GgufFile, prefix: string) {
    this.#file = file;
    this.#prefix = prefix;
  }

  fail(what: string): never {
    throw unsupportedGguf(this.#file.name, what);
  }

  has(key: string): boolean {
    return this.#file.metadata.has(this.#prefix + key);
  }

  isList(key: string): boolean {
    return typeof this.#value(key) === 'object';
  }

  hasTensor(name: string): boolean {
    return this.#file.tensors.has(name);
  }

  /** A finite number; of a list with one number a layer, that number when all are the same. */
  number(key: string, otherwise?: number): number {
    const value = this.#value(key) ?? otherwise;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (typeof value === 'object' && value.length > 0 && typeof value[0] === 'number') {
      const first = value[0];
      if (value.every((item: unknown) => item === first)) return first;
      return this.fail(`"${this.#prefix}${key}" differs from layer to layer, which is not supported`);
    }
    return this.fail(`"${this.#prefix}${key}" is ${quote(value)}`);
  }

  /** A float32 as the shortest decimal number that means it: 0.00001, not 0.000009999999747378752. */
  decimal(key: string, otherwise?: number): number {
    const value = this.number(key, otherwise);
    for (let digits = 1; digits < 10; digits++) {
      const short = Number(value.toPrecision(digits));
      if (Math.fround(short) === Math.fround(value)) return short;
    }
    return value;
  }

  text(key: string): string | undefined {
    const value = this.#value(key);
    return value === undefined || typeof value === 'string'
      ? value
      : this.fail(`"${this.#prefix}${key}" is ${quote(value)}`);
  }

  boolean(key: string): boolean | undefined {
    const value = this.#value(key);
    return value === undefined || typeof value === 'boolean'
      ? value
      : this.fail(`"${this.#prefix}${key}" is ${quote(value)}`);
  }

  texts(key: string): readonly string[] | undefined {
    const value = this.#value(key);
    if (value === undefined || (Array.isArray(value) && !ArrayBuffer.isView(value)))
      return value as readonly string[] | undefined;
    return this.fail(`"${this.#prefix}${key}" is ${quote(value)}`);
  }

  numbers(key: string): readonly number[] | undefined {
    const value = this.#value(key);
    if (value === undefined) return undefined;
    if (ArrayBuffer.isView(value)) return Array.from(value);
    return this.fail(`"${this.#prefix}${key}" is ${quote(value)}`);
  }

  /**
   * Refuses each key that says something else than its value here: it would change what the model computes,
   * and is not computed here. An absent key says nothing.
   */
  require(values: Readonly<Record<string, number | boolean | string>>): void {
    for (const [key, supported] of Object.entries(values)) {
      const value = this.#value(key);
      if (value !== undefined && value !== supported)
        this.fail(`"${this.#prefix}${key}" is ${quote(value)}, and only ${quote(supported)} is supported`);
    }
  }

  #value(key: string): GgufValue | undefined {
    return this.#file.metadata.get(this.#prefix + key);
  }
}

/** Of a value that may be of any size. */
function quote(value: GgufValue | undefined): string {
  if (typeof value === 'object') return `a list of ${value.length}`;
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
