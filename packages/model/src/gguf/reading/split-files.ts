/**
 * A model that llama.cpp split into several files: each is a GGUF file with `split.no`, `split.count` and
 * `split.tensors.count`, called `…-00001-of-00004.gguf`; the first has the metadata of the model.
 */
import { invalidGguf, unsupportedGguf } from '../gguf-error.js';
import type { ByteSource } from './byte-source.js';
import type { GgufFile } from './gguf-file.js';
import type { GgufTensorInfo } from './tensor-table.js';

const partName = /^(.*)-00001-of-(\d{5})\.gguf$/;

/** The file itself when it is the whole model, or all parts as one file. */
export async function openOtherParts(
  first: GgufFile,
  source: ByteSource,
  openPart: (source: ByteSource) => Promise<GgufFile>,
): Promise<GgufFile> {
  const count = first.metadata.get('split.count') ?? 1;
  if (count === 1 || count === 0) return first;
  if (first.metadata.get('split.no') !== 0)
    throw unsupportedGguf(first.name, 'it is a later part of a split model. Open the first part');
  const name = first.name.slice(first.name.lastIndexOf('/') + 1);
  const [, stem, total] = partName.exec(name) ?? [];
  if (source.beside === undefined || stem === undefined || Number(total) !== count)
    throw unsupportedGguf(
      first.name,
      `it is the first of ${String(count)} parts, and the others cannot be reached from it. Give it as "NAME-00001-of-${String(count).padStart(5, '0')}.gguf" in a store that has them all, or join them with llama-gguf-split`,
    );
  const parts = [first];
  for (let part = 2; part <= count; part++)
    parts.push(
      await openPart(await source.beside(`${stem}-${String(part).padStart(5, '0')}-of-${total}.gguf`)),
    );
  const owners = new Map<string, GgufFile>();
  const tensors = new Map<string, GgufTensorInfo>();
  for (const [index, part] of parts.entries()) {
    if (part.metadata.get('split.no') !== index || part.metadata.get('split.count') !== count)
      throw invalidGguf(part.name, `it is not part ${index + 1} of ${String(count)}`, 0);
    for (const [tensor, info] of part.tensors) {
      if (owners.has(tensor)) throw invalidGguf(part.name, `tensor "${tensor}" is in an earlier part too`, 0);
      owners.set(tensor, part);
      tensors.set(tensor, info);
    }
  }
  const expected = first.metadata.get('split.tensors.count');
  if (expected !== tensors.size)
    throw invalidGguf(
      first.name,
      `its parts have ${tensors.size} tensors together, and it says ${String(expected)}`,
      0,
    );
  const ownerOf = (tensor: string): GgufFile => owners.get(tensor) ?? first;
  const file = { ...first, tensors, readTensor: (tensor: string) => ownerOf(tensor).readTensor(tensor) };
  if (!parts.every(({ readTensorNow }) => readTensorNow !== undefined)) return file;
  return {
    ...file,
    readTensorNow: (tensor, start, end) => ownerOf(tensor).readTensorNow!(tensor, start, end),
  };
}
