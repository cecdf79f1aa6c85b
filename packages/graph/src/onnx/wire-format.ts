/**
 * Protocol-buffers wire format: varints, length-delimited fields, fixed 32-bit. Only what ONNX models use.
 */
import { LlmError } from '@llm/core';

const encoder = new TextEncoder();

/** Longer values are kept as they are until the end instead of being copied at every level of nesting. */
const keptApart = 4096;

/** Appends fields to a growing buffer. */
export class WireWriter {
  readonly #parts: Uint8Array[] = [];
  #partsLength = 0;
  #buffer = new Uint8Array(256);
  #length = 0;

  finish(): Uint8Array {
    if (this.#parts.length === 0) return this.#buffer.subarray(0, this.#length);
    this.#cut();
    const whole = new Uint8Array(this.#partsLength);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  /** Varint field; negative values take ten bytes (two's complement, as int64). */
  integer(field: number, value: number | bigint): this {
    this.#varint(BigInt(field) << 3n);
    this.#varint(BigInt.asUintN(64, BigInt(value)));
    return this;
  }

  float(field: number, value: number): this {
    this.#varint((BigInt(field) << 3n) | 5n);
    this.#reserve(4);
    new DataView(this.#buffer.buffer).setFloat32(this.#length, value, true);
    this.#length += 4;
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint((BigInt(field) << 3n) | 2n);
    this.#varint(BigInt(value.length));
    this.#append(value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value));
  }

  message(field: number, write: (writer: WireWriter) => void): this {
    const inner = new WireWriter();
    write(inner);
    this.#varint((BigInt(field) << 3n) | 2n);
    this.#varint(BigInt(inner.#partsLength + inner.#length));
    for (const part of inner.#parts) this.#append(part);
    this.#append(inner.#buffer.subarray(0, inner.#length));
    return this;
  }

  #append(value: Uint8Array): void {
    if (value.length >= keptApart) {
      this.#cut();
      this.#parts.push(value);
      this.#partsLength += value.length;
      return;
    }
    this.#reserve(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
  }

  /** What was written so far becomes a part. */
  #cut(): void {
    if (this.#length === 0) return;
    this.#parts.push(this.#buffer.subarray(0, this.#length));
    this.#partsLength += this.#length;
    this.#buffer = new Uint8Array(256);
    this.#length = 0;
  }

  #varint(value: bigint): void {
    this.#reserve(10);
    let rest = value;
    while (rest > 127n) {
      this.#buffer[this.#length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#buffer[this.#length++] = Number(rest);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = grown;
  }
}

export type WireField =
  | { readonly field: number; readonly kind: 'integer'; readonly value: bigint }
  | { readonly field: number; readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly field: number; readonly kind: 'fixed32'; readonly value: number };

export type WireValue = WireField['value'];

/**
 * The value of a field that holds bytes, text or a message;
 * throws `graph/onnx-malformed` when it is a number.
 */
export function bytesOf(value: WireValue): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new LlmError({
    code: 'graph/onnx-malformed',
    message: `Not an ONNX model: a field holds the number ${value} in place of bytes.`,
  });
}

/**
 * Fields of one message in order; throws `graph/onnx-malformed`
 * at the offset where the bytes stop making sense.
 */
export function* readFields(bytes: Uint8Array): Generator<WireField> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = 0;
  const fail = (what: string) =>
    new LlmError({
      code: 'graph/onnx-malformed',
      message: `Not an ONNX model: ${what} at byte ${position}.`,
    });
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[position++];
      if (byte === undefined) throw fail('the data ends inside a number');
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asUintN(64, value);
    }
    throw fail('a number is longer than ten bytes');
  };
  while (position < bytes.length) {
    const key = Number(varint());
    const field = key >>> 3;
    const wire = key & 7;
    if (wire === 0) {
      yield { field, kind: 'integer', value: varint() };
    } else if (wire === 2) {
      const length = Number(varint());
      if (length > bytes.length - position) throw fail(`a field of ${length} bytes runs past the end`);
      position += length;
      yield { field, kind: 'bytes', value: bytes.subarray(position - length, position) };
    } else if (wire === 5) {
      if (bytes.length - position < 4) throw fail('the data ends inside a float');
      position += 4;
      yield { field, kind: 'fixed32', value: view.getFloat32(position - 4, true) };
    } else {
      throw fail(`wire type ${wire}`);
    }
  }
}
