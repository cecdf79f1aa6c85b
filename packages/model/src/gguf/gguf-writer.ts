/**
 * The GGUF container, version 3: magic, counts, typed key-value pairs, tensor table, data aligned to 32
 * bytes; everything little-endian. Knows nothing of models.
 */
const alignment = 32;
const valueTypes = { uint32: 4, int32: 5, float32: 6, boolean: 7, string: 8, array: 9 } as const;

export interface GgufTensor {
  /** Number of the type in ggml.h. */
  readonly type: number;
  /** Outermost axis first; the file lists it from the innermost. */
  readonly shape: readonly number[];
  readonly byteLength: number;
  /** Called when the tensor's turn comes. */
  read(): Uint8Array;
}

export class GgufWriter {
  readonly #pairs: Uint8Array[] = [];
  readonly #tensors = new Map<string, GgufTensor>();

  string(key: string, value: string): void {
    this.#pair(key, valueTypes.string, text(value));
  }

  uint32(key: string, value: number): void {
    this.#pair(key, valueTypes.uint32, uint32(value));
  }

  float32(key: string, value: number): void {
    this.#pair(
      key,
      valueTypes.float32,
      number(4, (view) => view.setFloat32(0, value, true)),
    );
  }

  boolean(key: string, value: boolean): void {
    this.#pair(key, valueTypes.boolean, Uint8Array.of(value ? 1 : 0));
  }

  strings(key: string, values: readonly string[]): void {
    this.#array(key, valueTypes.string, values.length, values.map(text));
  }

  booleans(key: string, values: readonly boolean[]): void {
    this.#array(key, valueTypes.boolean, values.length, [Uint8Array.from(values, Number)]);
  }

  int32s(key: string, values: readonly number[]): void {
    this.#array(key, valueTypes.int32, values.length, [new Uint8Array(Int32Array.from(values).buffer)]);
  }

  float32s(key: string, values: readonly number[]): void {
    this.#array(key, valueTypes.float32, values.length, [new Uint8Array(Float32Array.from(values).buffer)]);
  }

  tensor(name: string, tensor: GgufTensor): void {
    this.#tensors.set(name, tensor);
  }

  /** The file in order: everything before the data, then one tensor at a time. */
  *parts(): Generator<Uint8Array, void, undefined> {
    const head = [
      new TextEncoder().encode('GGUF'),
      uint32(3),
      uint64(this.#tensors.size),
      uint64(this.#pairs.length),
      ...this.#pairs,
    ];
    let offset = 0;
    for (const [name, { type, shape, byteLength }] of this.#tensors) {
      head.push(text(name), uint32(shape.length), ...[...shape].reverse().map(uint64));
      head.push(uint32(type), uint64(offset));
      offset += byteLength + padding(byteLength);
    }
    const bytes = joined(head);
    yield bytes;
    yield new Uint8Array(padding(bytes.length));
    for (const { byteLength, read } of this.#tensors.values()) {
      yield read();
      yield new Uint8Array(padding(byteLength));
    }
  }

  #pair(key: string, type: number, value: Uint8Array): void {
    this.#pairs.push(joined([text(key), uint32(type), value]));
  }

  #array(key: string, type: number, count: number, values: readonly Uint8Array[]): void {
    this.#pair(key, valueTypes.array, joined([uint32(type), uint64(count), ...values]));
  }
}

const padding = (length: number): number => (alignment - (length % alignment)) % alignment;

function number(bytes: number, write: (view: DataView) => void): Uint8Array {
  const data = new Uint8Array(bytes);
  write(new DataView(data.buffer));
  return data;
}

const uint32 = (value: number): Uint8Array => number(4, (view) => view.setUint32(0, value, true));
const uint64 = (value: number): Uint8Array => number(8, (view) => view.setBigUint64(0, BigInt(value), true));

function text(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  return joined([uint64(bytes.length), bytes]);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const data = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return data;
}
