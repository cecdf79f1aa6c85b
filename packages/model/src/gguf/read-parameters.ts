/** The tensors of a GGUF file under our names, with our rows, still in blocks. */
import type { ModelConfig } from '../config/model-config.js';
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
  checkLayerCount(config, file.tensors.size, file.name);
  const layout = parameterLayout(config);
  const places = [...architectureOf(file).tensors(config)].filter(({ theirs }) => file.tensors.has(theirs));
  checkShapes(file, layout, places);
  for (const { theirs, ours, isInterleaved } of places) {
    const { shape, type } = file.tensors.get(theirs)!;
    const bytes = await file.readTensor(theirs);
    const rowBytes = bytes.length / shape[0]!;
    let row = 0;
    for (const name of ours) {
      const rows = layout.get(name)!.shape[0]!;
      const part = bytes.subarray(row * rowBytes, (row + rows) * rowBytes);
      row += rows;
      yield [
        name,
        {
          shape: [rows, ...shape.slice(1)],
          type,
          bytes: isInterleaved ? inHalves(part, rowBytes, config.headWidth) : part,
        },
      ];
    }
  }
}

function checkShapes(file: GgufFile, layout: ParameterLayouts, places: readonly TensorPlace[]): void {
  const found = new Map<string, { readonly shape: readonly number[] }>();
  const rest = new Map<string, GgufTensorInfo>(file.tensors);
  rest.delete(rotaryFactorsName);
  for (const { theirs, ours, isInterleaved } of places) {
    const info = rest.get(theirs)!;
    rest.delete(theirs);
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
