/**
 * Weights of integers as part of a decoder's session: they never change, and the runtime lays them out for
 * its products once. Layers that read the same input become one matrix.
 */
import type { Graph, Tensor } from '@llm/graph';
import type { Architecture } from '../../architecture/architecture.js';
import { joinedName, layersOfOneInput } from '../../architecture/joined-weights.js';
import { quantizedParts } from '../../architecture/quantized-weight.js';
import { bytesOf } from '../../weights/bytes-of.js';
import type { QuantizedTensor } from '../../weights/quantized-tensor.js';

export interface FrozenWeights {
  /** Inputs of the graph by name. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Their bytes. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

export function frozenWeights(graph: Graph, architecture: Architecture): FrozenWeights {
  const tensors = new Map<string, Tensor>();
  const contents = new Map<string, Uint8Array>();
  for (const [weight, tensor] of joinedWeights(architecture))
    for (const { name, type, shape, data } of quantizedParts(weight, tensor, 'stored')) {
      tensors.set(name, graph.input(name, type, shape));
      contents.set(name, bytesOf(data()));
    }
  return { tensors, contents };
}

function joinedWeights({ config, quantized }: Architecture): Map<string, QuantizedTensor> {
  const weights = new Map(quantized);
  for (let layer = 0; layer < config.depth; layer++)
    for (const names of layersOfOneInput(config, layer)) {
      const parts = names.flatMap((name) => quantized.get(`${name}.weight`) ?? []);
      const joined = parts.length === names.length ? inRows(parts) : undefined;
      if (joined === undefined) continue;
      for (const name of names) weights.delete(`${name}.weight`);
      weights.set(joinedName(names), joined);
    }
  return weights;
}

/** One below the other; undefined where they are not of one kind. */
function inRows(parts: readonly QuantizedTensor[]): QuantizedTensor | undefined {
  const { bits, blockSize, shape, offsets } = parts[0]!;
  const isAlike = (part: QuantizedTensor): boolean =>
    part.bits === bits &&
    part.blockSize === blockSize &&
    (part.offsets === undefined) === (offsets === undefined);
  if (!parts.every(isAlike)) return undefined;
  return {
    bits,
    blockSize,
    shape: [parts.reduce((sum, part) => sum + part.shape[0]!, 0), shape[1]!],
    integers: joinedBytes(parts.map(({ integers }) => integers)),
    scales: floatsOf(joinedBytes(parts.map(({ scales }) => bytesOf(scales)))),
    offsets:
      offsets === undefined ? undefined : floatsOf(joinedBytes(parts.map((part) => bytesOf(part.offsets!)))),
  };
}

function joinedBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const floatsOf = ({ buffer }: Uint8Array): Float32Array => new Float32Array(buffer);
