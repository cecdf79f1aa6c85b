/**
 * Reader and writer of safetensors: 8 bytes little-endian header length, a JSON header, raw little-endian
 * data. Every claim of the header is checked against the bytes at hand before anything is allocated, so that
 * a hostile file is an error and not a crash. Reads F32, F16, BF16, F64 and both F8 into float32;
 * writes F32, F16 and BF16.
 */
import { LlmError, type NamedTensor } from '@llm/core';
import { bytesOf } from './bytes-of.js';
import { e4m3Floats, e5m2Floats } from './eighth-precision.js';
import { halfToFloat } from './half-precision.js';
import { brainHalves, halves } from './halves.js';

/** The format's own limit on the header. */
const maximumHeaderBytes = 100_000_000;

const elementBytes: ReadonlyMap<string, number> = new Map([
  ['F64', 8],
  ['F32', 4],
  ['F16', 2],
  ['BF16', 2],
  ['I64', 8],
  ['I32', 4],
  ['I16', 2],
  ['I8', 1],
  ['U8', 1],
  ['BOOL', 1],
  ['U16', 2],
  ['U32', 4],
  ['U64', 8],
  ['F8_E4M3', 1],
  ['F8_E5M2', 1],
]);

export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Byte range within the whole file. */
  readonly start: number;
  readonly end: number;
}

function fail(file: string, what: string, position: number, code = 'model/safetensors-invalid'): never {
  throw new LlmError({
    code,
    message: `${file} is not a usable safetensors file: ${what} (byte ${position}). Fetch or write it again.`,
    details: { file, byte: position },
  });
}

/** Bytes that length and header take together, from the first 8 bytes of a file of `size` bytes. */
export function safetensorsHeaderBytes(bytes: Uint8Array, size: number, file: string): number {
  const truncated = 'model/safetensors-truncated';
  if (bytes.length < 8 || size < 8)
    fail(file, `it ends after ${size} bytes, before its 8-byte header length`, size, truncated);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(maximumHeaderBytes))
    fail(file, `its header claims ${length} bytes, more than the format allows`, 0);
  const needed = 8 + Number(length);
  if (needed > size) fail(file, `its header needs ${needed} bytes but the file has ${size}`, size, truncated);
  return needed;
}

/**
 * Name, type, shape and place of every tensor, in file order. `bytes` are the file's
 * beginning, its header included; `size` is that of the whole file; `file` names it
 * in errors. Throws `model/safetensors-invalid` (the header contradicts itself or
 * the file) or `model/safetensors-truncated` (the file ends before its data does).
 */
export function readSafetensorsHeader(bytes: Uint8Array, size: number, file: string): SafetensorsEntry[] {
  const dataStart = safetensorsHeaderBytes(bytes, size, file);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, dataStart)));
  } catch {
    fail(file, 'its header is not JSON', 8);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    return fail(file, 'its header is not an object', 8);
  const entries: SafetensorsEntry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
    const width = typeof dtype === 'string' ? elementBytes.get(dtype) : undefined;
    if (typeof dtype !== 'string' || width === undefined)
      return fail(file, `tensor "${name}" has the unknown type ${quote(dtype)}`, 8);
    if (!isListOfSizes(shape)) return fail(file, `tensor "${name}" has the shape ${quote(shape)}`, 8);
    if (!isListOfSizes(offsets) || offsets.length !== 2)
      return fail(file, `tensor "${name}" has the offsets ${quote(offsets)}`, 8);
    const [from, to] = [offsets[0]!, offsets[1]!];
    const expected = shape.reduce((product, dimension) => product * dimension, width);
    if (to - from !== expected)
      fail(
        file,
        `tensor "${name}" of shape [${String(shape)}] needs ${expected} bytes but has ${to - from}`,
        8,
      );
    entries.push({ name, dtype, shape, start: dataStart + from, end: dataStart + to });
  }
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  let position = dataStart;
  for (const entry of entries) {
    if (entry.start < position) fail(file, `tensor "${entry.name}" overlaps the one before it`, entry.start);
    if (entry.start > position) fail(file, `there is a hole before tensor "${entry.name}"`, position);
    if (entry.end > size)
      fail(
        file,
        `tensor "${entry.name}" needs bytes up to ${entry.end} but the file ends`,
        size,
        'model/safetensors-truncated',
      );
    position = entry.end;
  }
  if (position !== size) fail(file, `there are ${size - position} bytes after the last tensor`, position);
  return entries;
}

function isListOfSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

/** Of a value of the header, which may be of any size. */
function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** The bytes in memory of their own. Not `slice()`: that of a Buffer shares its memory. */
const copyOf = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/**
 * All tensors of a file as float32 copies, in file order; `file` names it in errors. Throws
 * `model/safetensors-invalid`, `model/safetensors-truncated` or `model/safetensors-type-unsupported`.
 */
export function readSafetensors(bytes: Uint8Array, file: string): Map<string, NamedTensor> {
  return new Map(
    readSafetensorsHeader(bytes, bytes.length, file).map((entry) => [
      entry.name,
      readTensor(bytes.subarray(entry.start, entry.end), entry, file),
    ]),
  );
}

/**
 * Takes `bytes` over where they are the whole of their memory, and copies them where they are a part of it.
 */
export function readTensor(bytes: Uint8Array, entry: SafetensorsEntry, file: string): NamedTensor {
  const { name, start, end, shape } = entry;
  if (bytes.length !== end - start)
    fail(file, `it ended inside tensor "${name}"`, start + bytes.length, 'model/safetensors-truncated');
  const isWhole = bytes.byteLength === bytes.buffer.byteLength;
  return { shape, data: toFloat32(isWhole ? bytes : copyOf(bytes), entry, file) };
}

/** `bytes` begin where their memory begins, and a number may stand there: a header may be of any length. */
function toFloat32(
  { buffer, byteOffset, byteLength }: Uint8Array,
  { name, dtype }: SafetensorsEntry,
  file: string,
): Float32Array {
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer, byteOffset, byteLength / 4);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer, byteOffset, byteLength / 8));
    case 'F16':
      return Float32Array.from(new Uint16Array(buffer, byteOffset, byteLength / 2), halfToFloat);
    case 'BF16':
      return new Float32Array(
        Uint32Array.from(new Uint16Array(buffer, byteOffset, byteLength / 2), (half) => half << 16).buffer,
      );
    case 'F8_E4M3':
      return Float32Array.from(new Uint8Array(buffer, byteOffset, byteLength), (bits) => e4m3Floats[bits]!);
    case 'F8_E5M2':
      return Float32Array.from(new Uint8Array(buffer, byteOffset, byteLength), (bits) => e5m2Floats[bits]!);
    default:
      throw new LlmError({
        code: 'model/safetensors-type-unsupported',
        message: `Tensor "${name}" of ${file} has type ${dtype}; only F32, F16, BF16, F64, F8_E4M3 and F8_E5M2 weights can be read.`,
        details: { file, tensor: name, dtype },
      });
  }
}

/** The types that are written. */
export type SafetensorsDtype = 'F32' | 'F16' | 'BF16';

/**
 * The bytes of a file of tensors in the map's order, of one type (default F32; rounded to nearest, ties to
 * even); the header is padded with spaces so that data starts at a multiple of 8. Throws
 * `model/safetensors-invalid` for a tensor whose shape is not that of its data, and for the name
 * `__metadata__`, which is the format's own; `model/export-overflow` for what F16 cannot hold.
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, NamedTensor>,
  dtype: SafetensorsDtype = 'F32',
): Uint8Array {
  const width = elementBytes.get(dtype)!;
  const header: [string, unknown][] = [['__metadata__', { format: 'pt' }]];
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    checkTensor(name, shape, data);
    const end = offset + data.length * width;
    header.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, 8, 8 + headerBytes);
  file.set(text, 8);
  let position = 8 + headerBytes;
  for (const [name, { data }] of tensors) {
    file.set(bytesOf(stored(name, data, dtype)), position);
    position += data.length * width;
  }
  return file;
}

function stored(name: string, data: Float32Array, dtype: SafetensorsDtype): ArrayBufferView {
  if (dtype === 'F16') return halves(data, name);
  return dtype === 'BF16' ? brainHalves(data) : data;
}

function checkTensor(name: string, shape: readonly number[], data: Float32Array): void {
  const fits = isListOfSizes(shape) && shape.reduce((product, size) => product * size, 1) === data.length;
  if (fits && name !== '__metadata__') return;
  throw new LlmError({
    code: 'model/safetensors-invalid',
    message: fits
      ? 'A tensor of a safetensors file cannot be called "__metadata__". Name it otherwise.'
      : `Tensor "${name}" of shape [${String(shape)}] has ${data.length} numbers. Give it the shape of its data.`,
    details: { tensor: name },
  });
}
