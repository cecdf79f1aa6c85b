/**
 * The GGUF container, version 3: magic, counts, typed key-value pairs, tensor table, data aligned to 32 bytes; everything
 * little-endian. Knows nothing of models.
 */
import type { NamedTensor } from '@llm/core';

const alignment = 32;
const valueTypes = { uint32: 4, int32: 5, float32: 6, boolean: 7, string: 8, array: 9 } as const;
const float32Tensor = 0;

export class GgufWriter {
  readonly #pairs: Uint8Array[] = [];
  readonly #tensors: { readonly name: string; readonly tensor: NamedTensor }[] = [];

  string(key: string, value: string): void {
    this.#pair(key, valueTypes.string, text(value));
  }

  uint32(key: string, value: number): void {
    this.#pair(
      key,
      valueTypes.uint32,
      number(4, (view) => view.setUint32(0, value, true)),
    );
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

  int32s(key: string, values: readonly number[]): void {
    this.#array(key, valueTypes.int32, values.length, [new Uint8Array(Int32Array.from(values).buffer)]);
  }

  /** float32; GGUF lists dimensions from the innermost. */
  tensor(name: string, tensor: NamedTensor): void {
    this.#tensors.push({ name, tensor });
  }

  finish(): Uint8Array {
    const head: Uint8Array[] = [
      new TextEncoder().encode('GGUF'),
      uint32(3),
      uint64(this.#tensors.length),
      uint64(this.#pairs.length),
      ...this.#pairs,
    ];
    let offset = 0;
    for (const { name, tensor } of this.#tensors) {
      head.push(text(name), uint32(tensor.shape.length), ...[...tensor.shape].reverse().map(uint64));
      head.push(uint32(float32Tensor), uint64(offset));
      offset = aligned(offset + tensor.data.byteLength);
    }
    const dataStart = aligned(head.reduce((sum, part) => sum + part.length, 0));
    const file = new Uint8Array(dataStart + offset);
    let at = 0;
    for (const part of head) {
      file.set(part, at);
      at += part.length;
    }
    at = dataStart;
    for (const { tensor } of this.#tensors) {
      const { buffer, byteOffset, byteLength } = tensor.data;
      file.set(new Uint8Array(buffer, byteOffset, byteLength), at);
      at = aligned(at + byteLength);
    }
    return file;
  }

  #pair(key: string, type: number, value: Uint8Array): void {
    this.#pairs.push(joined([text(key), uint32(type), value]));
  }

  #array(key: string, type: number, count: number, values: readonly Uint8Array[]): void {
    this.#pair(key, valueTypes.array, joined([uint32(type), uint64(count), ...values]));
  }
}

const aligned = (offset: number): number => Math.ceil(offset / alignment) * alignment;

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

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const data = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return data;
}
