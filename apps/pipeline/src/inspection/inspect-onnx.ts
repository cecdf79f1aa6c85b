/**
 * The structure of an ONNX file, a protobuf, without its weights: fields are walked by their lengths and only
 * names, types and shapes are read.
 */
import { LlmError } from '@llm/core';
import type { ByteSource } from '@llm/model/gguf';
import { elementsOf, type Inspection, type TensorSummary } from './inspection.js';

interface Field {
  readonly number: number;
  /** Of a varint. */
  readonly value: number;
  /** Bytes of a length-delimited field, from `start` up to `end`. */
  readonly start: number;
  readonly end: number;
}

/** onnx.proto: TensorProto.DataType, with bytes per element. */
const types: Readonly<Record<number, readonly [string, number]>> = {
  1: ['FLOAT', 4],
  2: ['UINT8', 1],
  3: ['INT8', 1],
  4: ['UINT16', 2],
  5: ['INT16', 2],
  6: ['INT32', 4],
  7: ['INT64', 8],
  9: ['BOOL', 1],
  10: ['FLOAT16', 2],
  11: ['DOUBLE', 8],
  16: ['BFLOAT16', 2],
  21: ['UINT4', 0.5],
  22: ['INT4', 0.5],
};

const pieceBytes = 65_536;
const longestName = 4096;

class ProtobufWalker {
  #piece: Uint8Array = new Uint8Array(0);
  #from = 0;

  constructor(readonly source: ByteSource) {}

  async *fields(start: number, end: number): AsyncGenerator<Field> {
    for (let at = start; at < end; ) {
      const [tag, afterTag] = await this.#varint(at, end);
      const number = Math.floor(tag / 8);
      const wire = tag % 8;
      if (wire === 0) {
        const [value, next] = await this.#varint(afterTag, end);
        yield { number, value, start: afterTag, end: next };
        at = next;
        continue;
      }
      let from = afterTag;
      let length = wire === 1 ? 8 : wire === 5 ? 4 : -1;
      if (wire === 2) [length, from] = await this.#varint(afterTag, end);
      if (length < 0 || number === 0 || from + length > end) throw this.#invalid(at);
      yield { number, value: 0, start: from, end: from + length };
      at = from + length;
    }
  }

  async text({ start, end }: Field): Promise<string> {
    const bytes = await this.source.read(start, Math.min(end, start + longestName));
    return new TextDecoder().decode(bytes);
  }

  async varints({ start, end }: Field): Promise<number[]> {
    const values: number[] = [];
    for (let at = start; at < end; ) {
      const [value, next] = await this.#varint(at, end);
      values.push(value);
      at = next;
    }
    return values;
  }

  async #varint(start: number, end: number): Promise<[value: number, next: number]> {
    let value = 0;
    for (let at = start, factor = 1; at < end && at < start + 10; at++, factor *= 128) {
      const byte = await this.#byte(at);
      value += (byte & 127) * factor;
      if (byte < 128) return [value, at + 1];
    }
    throw this.#invalid(start);
  }

  async #byte(at: number): Promise<number> {
    if (at < this.#from || at >= this.#from + this.#piece.length) {
      this.#piece = await this.source.read(at, Math.min(at + pieceBytes, this.source.size));
      this.#from = at;
    }
    const byte = this.#piece[at - this.#from];
    if (byte === undefined) throw this.#invalid(at);
    return byte;
  }

  #invalid(byte: number): LlmError {
    return new LlmError({
      code: 'pipeline/onnx-invalid',
      message: `${this.source.name ?? 'The file'} is no ONNX file, or a damaged one (byte ${byte}).`,
      details: { byte },
    });
  }
}

/** Throws `pipeline/onnx-invalid`. */
export async function inspectOnnx(source: ByteSource): Promise<Inspection> {
  const walker = new ProtobufWalker(source);
  const tensors: TensorSummary[] = [];
  const notes: Record<string, unknown> = {};
  const nodes = new Map<string, number>();
  const names: Record<string, string[]> = { inputs: [], outputs: [] };
  for await (const field of walker.fields(0, source.size)) {
    if (field.number === 1) notes.irVersion = field.value;
    if (field.number === 2) notes.producer = await walker.text(field);
    if (field.number !== 7) continue;
    for await (const part of walker.fields(field.start, field.end)) {
      if (part.number === 1) {
        for await (const own of walker.fields(part.start, part.end)) {
          if (own.number !== 4) continue;
          const operator = await walker.text(own);
          nodes.set(operator, (nodes.get(operator) ?? 0) + 1);
        }
      } else if (part.number === 5) tensors.push(await tensorOf(walker, part));
      else if (part.number === 11 || part.number === 12)
        for await (const own of walker.fields(part.start, part.end))
          if (own.number === 1)
            names[part.number === 11 ? 'inputs' : 'outputs']!.push(await walker.text(own));
    }
  }
  return {
    format: 'ONNX',
    tensors,
    notes: { ...notes, ...names, operators: Object.fromEntries([...nodes].sort((a, b) => b[1] - a[1])) },
    unsupported: ['Graphs of ONNX files are not loaded as models: convert the model that they were made of.'],
  };
}

async function tensorOf(walker: ProtobufWalker, { start, end }: Field): Promise<TensorSummary> {
  const shape: number[] = [];
  let dtype: readonly [string, number] = ['UNDEFINED', 0];
  let name = '';
  for await (const own of walker.fields(start, end)) {
    // Sizes come packed or one by one.
    if (own.number === 1) shape.push(...(await walker.varints(own)));
    if (own.number === 2) dtype = types[own.value] ?? [`type ${own.value}`, 0];
    if (own.number === 8) name = await walker.text(own);
  }
  return { name, dtype: dtype[0], shape, bytes: Math.ceil(elementsOf(shape) * dtype[1]) };
}
