/** The tensors of a GGUF file under our names, with our rows, still in blocks. */
import type { ModelConfig } from '../config/model-config.js';
import { bytesOf } from '../weights/bytes-of.js';
import { checkLayerCount, checkTensors } from '../weights/check-parameters.js';
import { type ParameterLayouts, parameterLayout } from '../weights/parameter-layout.js';
import type { TensorPlace } from './architectures/gguf-architecture.js';
import type { GgufBlocks } from './blocks/gguf-blocks.js';
import { architectureOf, rotaryFactorsName } from './gguf-config.js';
import { unsupportedGguf } from './gguf-error.js';
import type { GgufFile } from './reading/gguf-file.js';
import type { GgufTensorInfo } from './reading/tensor-table.js';

/**
 * One parameter at a time, so that blocks that are taken on (dequantised, repacked) need not be held beside
 * the result. Names and shapes are compared with the configuration before any number is read: throws
 * `model/parameters-mismatch`.
 */
export async function* readGgufBlocks(
  file: GgufFile,
  config: ModelConfig,
): AsyncGenerator<[string, GgufBlocks], void, undefined> {
  let theirs = '';
  let bytes = new Uint8Array(0);
  for (const part of partsOf(file, config)) {
    if (part.theirs !== theirs) bytes = (await file.readTensor(part.theirs)) as typeof bytes;
    theirs = part.theirs;
    const { name, shape, type, rowBytes, row } = part;
    const own = bytes.subarray(row * rowBytes, (row + shape[0]!) * rowBytes);
    yield [name, { shape, type, bytes: part.inOrder(own) }];
  }
}

/** Blocks that are read when they are asked for. */
export interface UnreadBlocks extends Omit<GgufBlocks, 'bytes'> {
  /** Rows from `start` up to `end`, by default all; their bytes are good until the next call. */
  read(start?: number, end?: number): GgufBlocks;
}

/** The same of a file that need not be waited for: nothing is read yet. */
export function unreadGgufBlocks(
  file: Required<GgufFile>,
  config: ModelConfig,
): [name: string, blocks: UnreadBlocks][] {
  return partsOf(file, config).map(({ name, theirs, shape, type, rowBytes, row, isInOrder, inOrder }) => {
    const rows = shape[0]!;
    const bytesOf = (from: number, to: number): Uint8Array =>
      file.readTensorNow(theirs, (row + from) * rowBytes, (row + to) * rowBytes);
    const read = (start = 0, end = rows): GgufBlocks => {
      // Rows are out of order within a head.
      const head = isInOrder ? 1 : config.headWidth;
      const first = start - (start % head);
      const bytes = inOrder(bytesOf(first, Math.min(rows, Math.ceil(end / head) * head)));
      const own = bytes.subarray((start - first) * rowBytes, (end - first) * rowBytes);
      return { shape: shape.with(0, end - start), type, bytes: own };
    };
    return [name, { shape, type, read }];
  });
}

/** Where one of our parameters lies in the file. */
interface PartOfTensor {
  readonly name: string;
  readonly theirs: string;
  readonly shape: readonly number[];
  readonly type: string;
  readonly rowBytes: number;
  /** The first of its rows. */
  readonly row: number;
  readonly isInOrder: boolean;
  /** Its rows in our order, its gains without the one of llama.cpp. */
  inOrder(bytes: Uint8Array): Uint8Array;
}

function partsOf(file: GgufFile, config: ModelConfig): PartOfTensor[] {
  checkLayerCount(config, file.tensors.size, file.name);
  const layout = parameterLayout(config);
  const places = [...architectureOf(file).tensors(config)].filter(({ theirs }) => file.tensors.has(theirs));
  checkShapes(file, layout, places);
  return places.flatMap(({ theirs, ours, isInterleaved, offset }) => {
    const { shape, type, byteLength } = file.tensors.get(theirs)!;
    const rowBytes = byteLength / shape[0]!;
    let next = 0;
    return ours.map((name) => {
      const rows = layout.get(name)!.shape[0]!;
      const row = next;
      next += rows;
      return {
        name,
        theirs,
        shape: [rows, ...shape.slice(1)],
        type,
        rowBytes,
        row,
        isInOrder: !isInterleaved,
        inOrder: (bytes) =>
          isInterleaved
            ? inHalves(bytes, rowBytes, config.headWidth)
            : offset === 0
              ? bytes
              : without(offset, bytes),
      };
    });
  });
}

function checkShapes(file: GgufFile, layout: ParameterLayouts, places: readonly TensorPlace[]): void {
  const found = new Map<string, { readonly shape: readonly number[] }>();
  const rest = new Map<string, GgufTensorInfo>(file.tensors);
  rest.delete(rotaryFactorsName);
  for (const { theirs, ours, isInterleaved, offset } of places) {
    const info = rest.get(theirs)!;
    rest.delete(theirs);
    if (offset !== 0 && info.type !== 'F32')
      throw unsupportedGguf(file.name, `its gains "${theirs}" are stored as ${info.type}, and not as F32`);
    if (info.shape.length === 1 && (ours.length > 1 || isInterleaved) && !/^(F32|F16|BF16)$/.test(info.type))
      throw unsupportedGguf(file.name, `its tensor "${theirs}" is a vector stored as ${info.type}`);
    const expected = ours.map((name) => layout.get(name)?.shape);
    const rows = expected.reduce((sum, shape) => sum + (shape?.[0] ?? 0), 0);
    for (const [index, name] of ours.entries()) {
      const fits = rows === info.shape[0];
      // A joined tensor that does not fit is shown as it is.
      const own = ours.length > 1 && fits ? [expected[index]![0]!, ...info.shape.slice(1)] : info.shape;
      found.set(name, { shape: own });
    }
  }
  // What is left is a tensor too many.
  for (const [name, info] of rest) found.set(name, info);
  checkTensors(layout, found, file.name);
}

function without(offset: number, bytes: Uint8Array): Uint8Array {
  return bytesOf(new Float32Array(bytes.slice().buffer).map((value) => value - offset));
}

/** Rows of each head from [first, second half] in turn to one half after the other: writing undone. */
function inHalves(bytes: Uint8Array, rowBytes: number, headWidth: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  const half = headWidth / 2;
  for (let row = 0; row < bytes.length / rowBytes; row++) {
    const within = row % headWidth;
    const from = row - within + (within < half ? 2 * within : 2 * (within - half) + 1);
    result.set(bytes.subarray(from * rowBytes, (from + 1) * rowBytes), row * rowBytes);
  }
  return result;
}
