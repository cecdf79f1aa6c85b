/**
 * ONNX ModelProto bytes → plain description: nodes, initializers, signature. Reads what `serializeOnnx`
 * writes and the same subset of models made elsewhere; subgraphs and sparse tensors are refused.
 */
import { LlmError } from '@llm/core';
import type { AttributeValue } from '../operators/operator-definition.js';
import type { Dimension, HostTensor, TensorData, TensorType } from '../tensors/tensor.js';
import { bytesOf, readFields, type WireValue } from './wire-format.js';

export interface OnnxNode {
  readonly operator: string;
  readonly domain: string;
  /** '' is an absent optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface OnnxValueInfo {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly Dimension[];
}

export interface OnnxModel {
  readonly irVersion: number;
  /** domain → version */
  readonly opsets: ReadonlyMap<string, number>;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, HostTensor>;
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
}

const decoder = new TextDecoder();
const typesByCode: Readonly<Record<number, TensorType>> = {
  1: 'float32',
  2: 'uint8',
  6: 'int32',
  7: 'int64',
  9: 'bool',
};

function unsupported(what: string): LlmError {
  return new LlmError({ code: 'graph/onnx-unsupported', message: `This reader does not take ${what}.` });
}

function malformed(what: string): LlmError {
  return new LlmError({ code: 'graph/onnx-malformed', message: `Not an ONNX model: ${what}.` });
}

function typeOf(code: number): TensorType {
  const type = typesByCode[code];
  if (type === undefined) throw unsupported(`tensors of ONNX element type ${code}`);
  return type;
}

/** One integer, as int64. */
function integerOf(value: WireValue): number {
  if (typeof value === 'bigint') return Number(BigInt.asIntN(64, value));
  throw malformed(
    `a field holds ${typeof value === 'number' ? 'a float' : `${value.length} bytes`} in place of an integer`,
  );
}

/** Integers of a repeated field come one per field or packed into one. */
function integersOf(value: WireValue): number[] {
  if (!(value instanceof Uint8Array)) return [integerOf(value)];
  const numbers: number[] = [];
  let current = 0n;
  let shift = 0n;
  for (const byte of value) {
    if (shift > 63n) throw malformed('a packed number is longer than ten bytes');
    current |= BigInt(byte & 127) << shift;
    shift += 7n;
    if (byte < 128) {
      numbers.push(Number(BigInt.asIntN(64, current)));
      current = 0n;
      shift = 0n;
    }
  }
  if (shift > 0n) throw malformed('packed numbers end inside a number');
  return numbers;
}

function floatOf(value: WireValue): number {
  if (typeof value === 'number') return value;
  throw malformed('a field holds something else in place of a float');
}

function floatsOf(value: WireValue): number[] {
  if (!(value instanceof Uint8Array)) return [floatOf(value)];
  if (value.byteLength % 4 !== 0) throw malformed(`packed floats take ${value.byteLength} bytes`);
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  return Array.from({ length: value.byteLength >> 2 }, (_, index) => view.getFloat32(index * 4, true));
}

function append<Item>(list: Item[], more: readonly Item[]): void {
  for (const item of more) list.push(item);
}

const textOf = (value: WireValue): string => decoder.decode(bytesOf(value));

type Files = ReadonlyMap<string, Uint8Array>;

function parseTensor(
  bytes: Uint8Array,
  files: Files,
): { readonly name: string; readonly tensor: HostTensor } {
  const shape: number[] = [];
  let code = 0;
  let name = '';
  let raw: Uint8Array | undefined;
  const numbers: number[] = [];
  const external = new Map<string, string>();
  for (const { field, value } of readFields(bytes)) {
    if (field === 1) append(shape, integersOf(value));
    else if (field === 2) code = integerOf(value);
    else if (field === 4) append(numbers, floatsOf(value));
    else if (field === 5 || field === 7) append(numbers, integersOf(value));
    else if (field === 8) name = textOf(value);
    else if (field === 9) raw = bytesOf(value);
    else if (field === 13) {
      let key = '';
      let text = '';
      for (const part of readFields(bytesOf(value))) {
        if (part.field === 1) key = textOf(part.value);
        else if (part.field === 2) text = textOf(part.value);
      }
      external.set(key, text);
    }
  }
  const type = typeOf(code);
  if (external.size > 0) raw = externalBytes(name, external, files);
  const data = tensorData(name, type, raw, numbers);
  const elements = shape.reduce((product, size) => product * size, 1);
  if (shape.some((size) => size < 0) || data.length !== elements)
    throw malformed(
      `the tensor "${name}" of shape [${shape.slice(0, 8).join(', ')}] holds ${data.length} values`,
    );
  return { name, tensor: { type, shape, data } };
}

function externalBytes(name: string, external: ReadonlyMap<string, string>, files: Files): Uint8Array {
  const location = external.get('location') ?? '';
  const file = files.get(location);
  const start = Number(external.get('offset') ?? 0);
  const end = external.has('length') ? start + Number(external.get('length')) : file?.length;
  if (file === undefined || !(start >= 0 && start <= end! && end! <= file.length))
    throw new LlmError({
      code: 'graph/onnx-malformed',
      message: `Not an ONNX model: "${name}" lies at bytes ${start} to ${end} of "${location}", which ${file ? `has ${file.length}` : 'was not given'}.`,
    });
  return file.subarray(start, end);
}

function tensorData(
  name: string,
  type: TensorType,
  raw: Uint8Array | undefined,
  numbers: readonly number[],
): TensorData {
  if (raw === undefined) {
    if (type === 'float32') return Float32Array.from(numbers);
    if (type === 'int32') return Int32Array.from(numbers);
    if (type === 'int64') {
      if (!numbers.every(Number.isInteger)) throw malformed(`the tensor "${name}" of integers holds floats`);
      return BigInt64Array.from(numbers, (value) => BigInt(value));
    }
    return Uint8Array.from(numbers);
  }
  const width = type === 'int64' ? 8 : type === 'bool' || type === 'uint8' ? 1 : 4;
  if (raw.length % width !== 0) throw malformed(`the tensor "${name}" of ${type} takes ${raw.length} bytes`);
  // A copy, because typed arrays need aligned memory.
  const { buffer } = raw.slice();
  if (type === 'float32') return new Float32Array(buffer);
  if (type === 'int32') return new Int32Array(buffer);
  return type === 'int64' ? new BigInt64Array(buffer) : new Uint8Array(buffer);
}

function parseAttribute(bytes: Uint8Array): [string, AttributeValue] {
  let name = '';
  let kind = 0;
  let value: AttributeValue | undefined;
  const numbers: number[] = [];
  for (const part of readFields(bytes)) {
    if (part.field === 1) name = textOf(part.value);
    else if (part.field === 2) value = floatOf(part.value);
    else if (part.field === 3) value = integerOf(part.value);
    else if (part.field === 4) value = textOf(part.value);
    else if (part.field === 7) append(numbers, floatsOf(part.value));
    else if (part.field === 8) append(numbers, integersOf(part.value));
    else if (part.field === 20) kind = integerOf(part.value);
  }
  if (kind === 6 || kind === 7) return [name, numbers];
  if (value === undefined) throw unsupported(`attribute "${name}" of kind ${kind}`);
  return [name, value];
}

function parseNode(bytes: Uint8Array): OnnxNode {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, AttributeValue>();
  let operator = '';
  let domain = '';
  for (const { field, value } of readFields(bytes)) {
    if (field === 1) inputs.push(textOf(value));
    else if (field === 2) outputs.push(textOf(value));
    else if (field === 4) operator = textOf(value);
    else if (field === 7) domain = textOf(value);
    else if (field === 5) {
      const [name, attribute] = parseAttribute(bytesOf(value));
      attributes.set(name, attribute);
    }
  }
  return { operator, domain, inputs, outputs, attributes: Object.fromEntries(attributes) };
}

function parseValueInfo(bytes: Uint8Array): OnnxValueInfo {
  let name = '';
  let code = 0;
  const shape: Dimension[] = [];
  for (const { field, value } of readFields(bytes)) {
    if (field === 1) name = textOf(value);
    if (field !== 2) continue;
    for (const typeField of readFields(bytesOf(value))) {
      if (typeField.field !== 1) continue;
      for (const tensorField of readFields(bytesOf(typeField.value))) {
        if (tensorField.field === 1) code = integerOf(tensorField.value);
        if (tensorField.field !== 2) continue;
        for (const dimension of readFields(bytesOf(tensorField.value))) {
          let size: Dimension = '?';
          for (const part of readFields(bytesOf(dimension.value))) {
            if (part.field === 1) size = integerOf(part.value);
            else if (part.field === 2) size = textOf(part.value);
          }
          shape.push(size);
        }
      }
    }
  }
  return { name, type: typeOf(code), shape };
}

/** `externalData`: the files beside the model. Throws `graph/onnx-malformed` or `graph/onnx-unsupported`. */
export function parseOnnx(bytes: Uint8Array, externalData: Files = new Map()): OnnxModel {
  let version = 0;
  const opsets = new Map<string, number>();
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, HostTensor>();
  const inputs: OnnxValueInfo[] = [];
  const outputs: OnnxValueInfo[] = [];
  for (const { field, value } of readFields(bytes)) {
    if (field === 1) version = integerOf(value);
    if (field === 8) {
      let domain = '';
      let opset = 0;
      for (const part of readFields(bytesOf(value))) {
        if (part.field === 1) domain = textOf(part.value);
        else if (part.field === 2) opset = integerOf(part.value);
      }
      opsets.set(domain, opset);
    }
    if (field !== 7) continue;
    for (const part of readFields(bytesOf(value))) {
      if (part.kind !== 'bytes') continue;
      if (part.field === 1) nodes.push(parseNode(part.value));
      else if (part.field === 5) {
        const { name, tensor } = parseTensor(part.value, externalData);
        initializers.set(name, tensor);
      } else if (part.field === 11) inputs.push(parseValueInfo(part.value));
      else if (part.field === 12) outputs.push(parseValueInfo(part.value));
    }
  }
  return { irVersion: version, opsets, nodes, initializers, inputs, outputs };
}
