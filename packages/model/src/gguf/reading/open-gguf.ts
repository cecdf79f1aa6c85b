/**
 * Opens a GGUF file (ggml's container, docs/gguf.md of ggml): versions 2 and 3, little-endian. The header is
 * read in growing pieces and every claim of it is checked against the size of the file before anything is
 * held; the data of a tensor is read when it is asked for. A model split into several files
 * (`…-00001-of-00004.gguf`) opens as one where the source can reach the others.
 */
import { LlmError } from '@llm/core';
import { unsupportedGguf } from '../gguf-error.js';
import { ByteCursor } from './byte-cursor.js';
import type { ByteSource } from './byte-source.js';
import type { GgufFile } from './gguf-file.js';
import { readMetadata } from './metadata-values.js';
import { openOtherParts } from './split-files.js';
import { type GgufTensorInfo, readTensorTable } from './tensor-table.js';

/** What no model comes near; a file that claims more is refused before its table is. */
const mostEntries = 2 ** 16;

/** Throws `model/gguf-invalid` or, for another version or byte order, `model/gguf-unsupported`. */
export async function openGguf(source: ByteSource): Promise<GgufFile> {
  const file = await openPart(source);
  return openOtherParts(file, source, openPart);
}

async function openPart(source: ByteSource): Promise<GgufFile> {
  const cursor = new ByteCursor(source);
  await cursor.need(24, 'the header');
  const magic = cursor.uint32();
  if (magic !== 0x46554747) cursor.fail('it does not begin with "GGUF"', 0);
  const version = checkVersion(cursor.file, cursor.uint32());
  const tensorCount = countOf(cursor, 'tensors', 24);
  const pairCount = countOf(cursor, 'key-value pairs', 13);
  const metadata = await readMetadata(cursor, pairCount);
  const alignment = metadata.get('general.alignment') ?? 32;
  if (typeof alignment !== 'number' || alignment < 1 || !Number.isInteger(Math.log2(alignment)))
    return cursor.fail(`general.alignment is ${String(alignment)}, which is no power of two`);
  const tensors = await readTensorTable(cursor, tensorCount, alignment, source.size);
  const placeOf = (name: string): GgufTensorInfo => {
    const info = tensors.get(name);
    if (info !== undefined) return info;
    throw new LlmError({
      code: 'model/gguf-tensor-missing',
      message: `${cursor.file} has no tensor "${name}". Ask for one of its \`tensors\`.`,
      details: { file: cursor.file, tensor: name },
    });
  };
  const whole = (bytes: Uint8Array, length: number, name: string): Uint8Array =>
    bytes.length === length
      ? bytes
      : cursor.fail(`it ends inside tensor "${name}"`, placeOf(name).offset + bytes.length);
  const file: GgufFile = {
    name: cursor.file,
    version,
    metadata,
    tensors,
    readTensor: async (name) => {
      const { offset, byteLength } = placeOf(name);
      return whole(await source.read(offset, offset + byteLength), byteLength, name);
    },
  };
  if (source.readNow === undefined) return file;
  return {
    ...file,
    readTensorNow: (name, start, end) => {
      const { offset } = placeOf(name);
      return whole(source.readNow!(offset + start, offset + end), end - start, name);
    },
  };
}

function checkVersion(file: string, version: number): number {
  if (version === 2 || version === 3) return version;
  if (version > 0 && (version & 0xffffff) === 0)
    throw unsupportedGguf(file, 'it is big-endian, and only little-endian files are read');
  throw unsupportedGguf(file, `it is of version ${version}, and only versions 2 and 3 are read`);
}

/** A count of the header, of things that take `bytes` at least. */
function countOf(cursor: ByteCursor, what: string, bytes: number): number {
  const start = cursor.position;
  const count = cursor.uint64();
  if (count > mostEntries || count * bytes > cursor.remaining)
    cursor.fail(
      `it claims ${count} ${what}; ${mostEntries} are the most that are read, and ${cursor.remaining} bytes follow`,
      start,
    );
  return count;
}
