/** What training will hold in memory, worked out from its graph before a byte of it is spent. */
import { estimatePeakMemory, type Objective } from '@llm/graph';
import { architectureOf } from '../architecture/architecture.js';
import { quantizedParts } from '../architecture/quantized-weight.js';
import type { ModelConfig } from '../config/model-config.js';
import { CacheMemory, defaultCacheBytes } from '../generation/batching/cache-memory.js';
import { adamW } from '../optimizers/adamw.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import type { LoraConfig } from '../weights/lora.js';
import { elementCount, parameterLayout } from '../weights/parameter-layout.js';
import { blockSize } from '../weights/quantize-blocks.js';
import { type QuantizedDtype, quantizedBits } from '../weights/quantize-parameters.js';
import { type IntegerMatrix, isQuantized, type WeightTensor } from '../weights/quantized-tensor.js';
import { type MemoryOption, memoryFor } from './memory.js';
import { negativeLogLikelihood } from './negative-log-likelihood.js';
import { roundedShared } from './sequence-forward.js';
import { gradientGraph, type LossGraphOptions, trainingGraph, updateGraph } from './training-graph.js';
import { pieceFor, splitByUpdate } from './update-in-pieces.js';

export interface TrainingMemoryOptions {
  readonly config: ModelConfig;
  /** Of these only which are integers, and their sizes. Default: all floats. */
  readonly parameters?: ReadonlyMap<string, WeightTensor> | undefined;
  /** Instead: as `quantizeParameters` would make them. */
  readonly dtype?: QuantizedDtype | undefined;
  readonly lora?: LoraConfig | undefined;
  /** Default: `adamW()`. */
  readonly optimizer?: Optimizer | undefined;
  /** Default: `negativeLogLikelihood`. */
  readonly objective?: Objective | undefined;
  readonly memory?: MemoryOption | undefined;
  /** Rows and columns of a batch that is computed at once. */
  readonly rows: number;
  readonly columns: number;
  /** Rows that generation continues side by side, and tokens of the longest: keys and values are held. */
  readonly answers?: { readonly rows: number; readonly columns: number } | undefined;
  /** Rows with branches, of which so many columns are the shared beginning. Default: packed rows. */
  readonly shared?: number | undefined;
}

export interface TrainingMemory {
  /** Numbers in the model, and those that are trained. */
  readonly parameters: number;
  readonly trainedParameters: number;
  /** The model's weights as they are held, adapters included. */
  readonly weightBytes: number;
  readonly optimizerBytes: number;
  /** What a session that generates holds beside the weights: its own, laid out for products; its cache. */
  readonly generationBytes: number;
  /** All that one step makes at its most: activations, gradients, of a small model new weights and state. */
  readonly stepBytes: number;
}

/**
 * Of a weight as it is stored: the runtime keeps what it was given and what it made of it, the embedding as
 * look-up and as product. Measured on SmolLM2 135M: 1.31 GB beside 538 MB of float32.
 */
const generationShare = 2.4;

/**
 * `stepBytes` is of the graph as it is built; the runtime fuses some of its
 * nodes and rounds blocks up. Throws `model/lora-invalid`.
 */
export function trainingMemory(options: TrainingMemoryOptions): TrainingMemory {
  const { config, lora, rows, columns } = options;
  const { optimizer = adamW(), objective = negativeLogLikelihood } = options;
  const quantized = quantizedOf(options);
  const architecture = architectureOf(config, lora, quantized);
  const { layout, trained } = architecture;
  const memory = memoryFor(config, rows, columns, options.memory);
  const shared = options.shared && roundedShared(options.shared);
  const shaped = { rows, columns, segmented: shared === undefined, shared, memory };
  let optimizerBytes = 0;
  for (const [name, each] of trained)
    for (const state of Object.values(optimizer.stateShapes(name, each))) optimizerBytes += 4 * sizeOf(state);
  const floats = [...layout].filter(([name]) => !quantized.has(name));
  let weightBytes = 4 * (elementCount(new Map(floats)) + (lora === undefined ? 0 : elementCount(trained)));
  let storedBytes = 4 * elementCount(new Map(floats));
  for (const [name, tensor] of quantized) {
    storedBytes += sizeOf(tensor.shape) * (tensor.bits / 8 + 4 / tensor.blockSize);
    for (const { type, shape } of quantizedParts(name, tensor, architecture.integerForm))
      weightBytes += (type === 'uint8' ? 1 : 4) * sizeOf(shape);
    // Products of the backward pass read a byte a number; the nibbles they come from stay for generation.
    if (tensor.bits < 8) weightBytes += (sizeOf(tensor.shape) * tensor.bits) / 8;
  }
  return {
    parameters: elementCount(layout),
    trainedParameters: elementCount(trained),
    weightBytes,
    optimizerBytes,
    generationBytes: Math.round(generationShare * storedBytes) + cacheBytesOf(options),
    stepBytes: stepBytesOf({ architecture, objective, shape: shaped }, optimizer, options.memory),
  };
}

/** Of the rows that the cache admits at once. */
function cacheBytesOf({ config, answers }: TrainingMemoryOptions): number {
  if (answers === undefined) return 0;
  const cache = new CacheMemory(config, defaultCacheBytes);
  return cache.bytes(Math.min(answers.rows, cache.rowsOf(answers.columns)), answers.columns);
}

function stepBytesOf(
  options: LossGraphOptions,
  optimizer: Optimizer,
  memory: MemoryOption | undefined,
): number {
  const { architecture } = options;
  const piece = pieceFor(architecture.trained, memory, false);
  if (piece === undefined) return estimatePeakMemory(trainingGraph({ ...options, optimizer }).graph);
  // Gradients are copied out of the runtime while it has them still; those of the step before may be there.
  const gradientBytes = 4 * elementCount(architecture.trained);
  const { whole } = splitByUpdate(architecture, optimizer, piece);
  const update = whole.size === 0 ? 0 : estimatePeakMemory(updateGraph(optimizer, whole).graph);
  return gradientBytes + Math.max(estimatePeakMemory(gradientGraph(options).graph), gradientBytes + update);
}

function quantizedOf({
  config,
  parameters = new Map(),
  dtype,
}: TrainingMemoryOptions): Map<string, IntegerMatrix> {
  const given = [...parameters];
  if (dtype === undefined)
    return new Map(given.filter((entry): entry is [string, IntegerMatrix] => isQuantized(entry[1])));
  const none = { blockSize, integers: new Uint8Array(0), scales: new Float32Array(0) };
  return new Map(
    [...parameterLayout(config)].flatMap(([name, { shape }]) => {
      const bits = quantizedBits(name, shape, dtype);
      return bits === undefined ? [] : [[name, { ...none, shape, bits }]];
    }),
  );
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
