/**
 * Weights of integers as part of a decoder's session: they never change, and the runtime lays them out for
 * its products once. Layers that read the same input become one matrix.
 */
import type { ExternalContent, ExternalData, Graph, Tensor } from '@llm/graph';
import type { Architecture } from '../../architecture/architecture.js';
import { joinedName, layersOfOneInput } from '../../architecture/joined-weights.js';
import { quantizedParts } from '../../architecture/quantized-weight.js';
import { bytesOf } from '../../weights/bytes-of.js';
import { hasOffsets, type IntegerMatrix } from '../../weights/quantized-tensor.js';
import { ScratchMemory } from '../../weights/scratch-memory.js';

export interface FrozenWeights {
  /** Inputs of the graph by name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Their bytes. Of matrices that are not held, or stand in one, made when they are asked for, in this order. */
  readonly contents: ReadonlyMap<string, ExternalContent>;
  /** When they have been read. */
  free(): void;
}

export function frozenWeights(graph: Graph, architecture: Architecture): FrozenWeights {
  const tensors = new Map<string, Tensor>();
  const contents = new Map<string, ExternalContent>();
  const weights = joinedWeights(architecture);
  const memory = new ScratchMemory(Math.max(0, ...Array.from(weights.values(), bytesFor)));
  for (const [weight, matrices] of weights) {
    const parts = matrices.map((matrix) => quantizedParts(weight, matrix, 'stored', memory));
    const isHeld = matrices.length === 1 && !('read' in matrices[0]!);
    for (const [index, { name, type, shape, data }] of parts[0]!.entries()) {
      const inRows = parts.map((list) => list[index]!);
      const whole = [inRows.reduce((sum, part) => sum + part.shape[0]!, 0), ...shape.slice(1)];
      const length = whole.reduce((product, size) => product * size, type === 'uint8' ? 1 : 4);
      const read = (): Uint8Array[] => {
        if (index === 0) memory.clear();
        return inRows.map((part) => bytesOf(part.data()));
      };
      tensors.set(name, graph.input(name, type, whole));
      contents.set(name, isHeld ? bytesOf(data()) : { length, read });
    }
  }
  return { tensors, contents, free: () => memory.free() };
}

/** Of a weight that is read for a moment, each part in whole words. */
function bytesFor(matrices: readonly IntegerMatrix[]): number {
  return matrices.reduce((sum, { shape, bits, blockSize }) => {
    const count = shape[0]! * shape[1]!;
    return sum + (count * bits) / 8 + (8 * count) / blockSize + 24;
  }, 0);
}

/** By name, the matrices that stand one below the other in it. */
function joinedWeights({ config, quantized }: Architecture): Map<string, readonly IntegerMatrix[]> {
  const weights = new Map<string, readonly IntegerMatrix[]>();
  for (const [name, matrix] of quantized) weights.set(name, [matrix]);
  for (let layer = 0; layer < config.depth; layer++)
    for (const names of layersOfOneInput(config, layer)) {
      const parts = names.flatMap((name) => quantized.get(`${name}.weight`) ?? []);
      if (parts.length < names.length || !areAlike(parts)) continue;
      for (const name of names) weights.delete(`${name}.weight`);
      weights.set(joinedName(names), parts);
    }
  return weights;
}

function areAlike(parts: readonly IntegerMatrix[]): boolean {
  const [first] = parts as readonly [IntegerMatrix, ...IntegerMatrix[]];
  return parts.every(
    (part) =>
      part.bits === first.bits &&
      part.blockSize === first.blockSize &&
      hasOffsets(part) === hasOffsets(first),
  );
}

/** Each in a file of its own beside the model, which as a protocol buffer ends at 2 GB. */
export function placesOf(contents: ReadonlyMap<string, ExternalContent>): Map<string, ExternalData> {
  return new Map(
    Array.from(contents, ([location, { length }]) => [location, { location, offset: 0, length }]),
  );
}
