/**
 * Reader and writer of safetensors: 8 bytes little-endian header length, a JSON header, raw little-endian data.
 * Every claim of the header is checked against the bytes at hand before anything is allocated, so that a hostile
 * or truncated file is an error and not a crash. Reads F32, F16, BF16 and F64 into float32; writes F32.
 */
import { LlmError, type NamedTensor } from '@llm/core';
import { halfToFloat } from './half-precision.js';

/** The format's own limit on the header. */
const maximumHeaderBytes = 100_000_000;

const elementBytes: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
  U16: 2,
  U32: 4,
  U64: 8,
  F8_E4M3: 1,
  F8_E5M2: 1,
};

export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Byte range within the whole file. */
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly entries: readonly SafetensorsEntry[];
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * `file` names the bytes in errors. Throws `model/safetensors-invalid` (the header contradicts itself or the file)
 * or `model/safetensors-truncated` (the file ends before its data does).
 */
export function readSafetensorsHeader(bytes: Uint8Array, file: string): SafetensorsHeader {
  const fail = (what: string, position: number, code = 'model/safetensors-invalid'): never => {
    throw new LlmError({
      code,
      message: `${file} is not a usable safetensors file: ${what} (byte ${position}). Fetch or write it again.`,
      details: { file, byte: position },
    });
  };
  const truncated = (what: string, position: number): never =>
    fail(what, position, 'model/safetensors-truncated');
  if (bytes.length < 8)
    truncated(`it ends after ${bytes.length} bytes, before its 8-byte header length`, bytes.length);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(maximumHeaderBytes))
    fail(`its header claims ${length} bytes, more than the format allows`, 0);
  const dataStart = 8 + Number(length);
  if (dataStart > bytes.length)
    truncated(`its header needs ${dataStart} bytes but the file has ${bytes.length}`, bytes.length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, dataStart)));
  } catch {
    fail('its header is not JSON', 8);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    fail('its header is not an object', 8);
  const entries: SafetensorsEntry[] = [];
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, value] of Object.entries(header as Record<string, unknown>)) {
    if (name === '__metadata__') {
      metadata = value as Readonly<Record<string, string>>;
      continue;
    }
    const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
    const size = typeof dtype === 'string' ? elementBytes[dtype] : undefined;
    if (size === undefined) fail(`tensor "${name}" has the unknown type ${JSON.stringify(dtype)}`, 8);
    if (!isListOfSizes(shape)) fail(`tensor "${name}" has the shape ${JSON.stringify(shape)}`, 8);
    if (!isListOfSizes(offsets) || offsets.length !== 2)
      fail(`tensor "${name}" has the offsets ${JSON.stringify(offsets)}`, 8);
    const [from, to] = offsets as [number, number];
    const expected = (shape as number[]).reduce((product, dimension) => product * dimension, size!);
    if (to - from !== expected)
      fail(`tensor "${name}" of shape [${String(shape)}] needs ${expected} bytes but has ${to - from}`, 8);
    entries.push({
      name,
      dtype: dtype as string,
      shape: shape as number[],
      start: dataStart + from,
      end: dataStart + to,
    });
  }
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  let position = dataStart;
  for (const entry of entries) {
    if (entry.start < position) fail(`tensor "${entry.name}" overlaps the one before it`, entry.start);
    if (entry.start > position) fail(`there is a hole before tensor "${entry.name}"`, position);
    if (entry.end > bytes.length)
      truncated(`tensor "${entry.name}" needs bytes up to ${entry.end} but the file ends`, bytes.length);
    position = entry.end;
  }
  if (position !== bytes.length)
    fail(`there are ${bytes.length - position} bytes after the last tensor`, position);
  return { entries, metadata };
}

function isListOfSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

/** All tensors of a file as float32 copies, in file order. */
export function readSafetensors(bytes: Uint8Array, file: string): Map<string, NamedTensor> {
  const tensors = new Map<string, NamedTensor>();
  for (const entry of readSafetensorsHeader(bytes, file).entries)
    tensors.set(entry.name, {
      shape: entry.shape,
      data: toFloat32(new Uint8Array(bytes.subarray(entry.start, entry.end)), entry, file),
    });
  return tensors;
}

function toFloat32(bytes: Uint8Array, { name, dtype }: SafetensorsEntry, file: string): Float32Array {
  const { buffer } = bytes;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'F16':
      return Float32Array.from(new Uint16Array(buffer), halfToFloat);
    case 'BF16':
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer);
    default:
      throw new LlmError({
        code: 'model/safetensors-type-unsupported',
        message: `Tensor "${name}" of ${file} has type ${dtype}; only F32, F16, BF16 and F64 weights can be read.`,
        details: { file, tensor: name, dtype },
      });
  }
}

/** F32, in the map's order; the header is padded with spaces so that data starts at a multiple of 8. */
export function writeSafetensors(
  tensors: ReadonlyMap<string, NamedTensor>,
  metadata: Readonly<Record<string, string>> = { format: 'pt' },
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, 8, 8 + headerBytes);
  file.set(text, 8);
  let position = 8 + headerBytes;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return file;
}
