/** The table of tensors in a GGUF header: names, shapes, types and places, all within the file and apart. */
import { type TensorType, tensorTypesByCode } from '../tensor-types.js';
import type { ByteCursor } from './byte-cursor.js';

export interface GgufTensorInfo {
  readonly name: string;
  /** Outermost axis first; the file lists it from the innermost. */
  readonly shape: readonly number[];
  /** As ggml names it: `Q4_K`. */
  readonly type: string;
  /** Of the first byte in its file. */
  readonly offset: number;
  readonly byteLength: number;
}

/** Of ggml, in bytes. */
const longestName = 64;
const mostDimensions = 4;

/** Throws `model/gguf-invalid`. */
export async function readTensorTable(
  cursor: ByteCursor,
  count: number,
  alignment: number,
  size: number,
): Promise<Map<string, GgufTensorInfo>> {
  const entries: (GgufTensorInfo & { readonly at: number })[] = [];
  const names = new Set<string>();
  for (let index = 0; index < count; index++) {
    const at = cursor.position;
    const name = await cursor.string(`the name of tensor ${index}`, longestName);
    if (names.has(name)) cursor.fail(`tensor "${name}" is there twice`, at);
    names.add(name);
    entries.push({ at, name, ...(await readEntry(cursor, name, alignment)) });
  }
  const dataStart = Math.ceil(cursor.position / alignment) * alignment;
  const tensors = entries.map((entry) => ({ ...entry, offset: dataStart + entry.offset }));
  let end = dataStart;
  for (const { at, name, offset, byteLength } of [...tensors].sort((a, b) => a.offset - b.offset)) {
    if (offset < end) cursor.fail(`tensor "${name}" overlaps the one before it`, at);
    end = offset + byteLength;
    if (end > size) cursor.fail(`tensor "${name}" needs bytes up to ${end} and the file has ${size}`, at);
  }
  return new Map(tensors.map(({ at: _, ...info }) => [info.name, info]));
}

async function readEntry(cursor: ByteCursor, name: string, alignment: number) {
  await cursor.need(4, `tensor "${name}"`);
  const dimensions = cursor.uint32();
  if (dimensions < 1 || dimensions > mostDimensions)
    cursor.fail(`tensor "${name}" has ${dimensions} dimensions`, cursor.position - 4);
  await cursor.need(8 * dimensions + 12, `tensor "${name}"`);
  const start = cursor.position;
  const shape = Array.from({ length: dimensions }, cursor.uint64).reverse();
  const count = shape.reduce((product, length) => product * length, 1);
  if (count === 0 || !Number.isSafeInteger(count))
    cursor.fail(`tensor "${name}" has the shape [${shape.join(', ')}]`, start);
  const code = cursor.uint32();
  const type: TensorType =
    tensorTypesByCode.get(code) ??
    cursor.fail(`tensor "${name}" has the unknown type ${code}`, cursor.position - 4);
  if (shape.at(-1)! % type.blockElements !== 0)
    cursor.fail(
      `tensor "${name}" has rows of ${shape.at(-1)}, which are no whole blocks of ${type.blockElements} of ${type.name}`,
      start,
    );
  const offset = cursor.uint64();
  if (offset % alignment !== 0)
    cursor.fail(
      `tensor "${name}" begins at ${offset}, which is no multiple of ${alignment}`,
      cursor.position - 8,
    );
  return { shape, type: type.name, offset, byteLength: (count / type.blockElements) * type.blockBytes };
}
