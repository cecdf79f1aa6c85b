/**
 * Writes a directory that transformers.js loads: config.json, generation_config.json, tokenizer files, and
 * onnx/model*.onnx for each number format. A file that would pass the limit keeps its weights beside it
 * (`onnx/model.onnx_data`, `_data_1`, …), written one part at a time.
 */
import type { ArtifactStore } from '@llm/core';
import { type ExternalData, serializeOnnx } from '@llm/graph';
import { requireFamily } from '../../hugging-face/config.js';
import type { ExportOptions } from '../../hugging-face/export-model.js';
import { writeModelFiles } from '../../hugging-face/model-files.js';
import { checkParameters } from '../../weights/check-parameters.js';
import { fileKey } from '../../weights/weight-files.js';
import { blockQuantizedGraph } from './block-quantized-graph.js';
import { layOutParts } from './external-parts.js';
import { halfGraph } from './half-graph.js';
import { cachedOnnxGraph, type WeightedGraph } from './onnx-graph.js';
import { rowQuantizedGraph } from './row-quantized-graph.js';
import { type StoredGraph, storeFloat32 } from './stored-graph.js';

/**
 * Number formats by their names in transformers.js. `q8` and `q4` compute in float32 with integer weights (4
 * bits keep the embedding and the head at 8), `fp16` and `q4f16` in float16, for WebGPU.
 */
export type OnnxDtype = 'fp32' | 'fp16' | 'q8' | 'q4' | 'q4f16';

const suffixes: Readonly<Record<OnnxDtype, string>> = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  q4: '_q4',
  q4f16: '_q4f16',
};

export interface ExportOnnxOptions extends Omit<ExportOptions, 'dtype' | 'maximumShardBytes'> {
  /** Default `fp32` and `q8`: what transformers.js loads in Node and in a browser when it is told nothing. */
  readonly dtypes?: readonly OnnxDtype[] | undefined;
  /** Largest file in bytes; a single larger weight has a file of its own. Default 1 GiB. */
  readonly maximumFileBytes?: number | undefined;
}

/**
 * Throws `model/export-unsupported` when no family of Hugging Face computes the configuration,
 * `model/export-overflow` (float16), `model/export-too-large` beyond 100 files of weights.
 */
export async function exportOnnx(
  store: ArtifactStore,
  prefix: string,
  options: ExportOnnxOptions,
): Promise<void> {
  const { config, parameters, dtypes = ['fp32', 'q8'], maximumFileBytes = 2 ** 30 } = options;
  checkParameters(config, parameters, 'the model');
  requireFamily(config);
  const plain = cachedOnnxGraph(config, parameters);
  const externalFiles: Record<string, number> = {};
  for (const dtype of dtypes) {
    const file = `model${suffixes[dtype]}.onnx`;
    const parts = await writeOnnx(storedGraph(dtype, plain), file, maximumFileBytes, (name, bytes) =>
      store.write(fileKey(prefix, `onnx/${name}`), bytes),
    );
    if (parts > 0) externalFiles[file] = parts;
  }
  const isDivided = Object.keys(externalFiles).length > 0;
  const extra = { 'transformers.js_config': { use_external_data_format: externalFiles } };
  await writeModelFiles(store, prefix, options, { extra: isDivided ? extra : undefined });
}

function storedGraph(dtype: OnnxDtype, plain: WeightedGraph): StoredGraph {
  switch (dtype) {
    case 'fp32':
      return { graph: plain.graph, weights: storeFloat32(plain.weights) };
    case 'fp16':
      return halfGraph(plain);
    case 'q8':
      return rowQuantizedGraph(plain);
    case 'q4': {
      const { graph, weights, packed } = blockQuantizedGraph(plain);
      return { graph, weights: new Map([...storeFloat32(weights), ...packed]) };
    }
    case 'q4f16': {
      const quantized = blockQuantizedGraph(plain);
      const { graph, weights } = halfGraph(quantized);
      return { graph, weights: new Map([...weights, ...quantized.packed]) };
    }
  }
}

/** How many files of weights were written beside the model. */
async function writeOnnx(
  { graph, weights: unordered }: StoredGraph,
  file: string,
  maximumBytes: number,
  write: (name: string, bytes: Uint8Array) => Promise<void>,
): Promise<number> {
  // In the order of the graph, where what is computed together stands together.
  const weights = new Map(
    graph.inputs.flatMap(({ name }) => {
      const weight = unordered.get(name);
      return weight === undefined ? [] : [[name, weight] as const];
    }),
  );
  const parts = layOutParts(weights, file, maximumBytes);
  const initializers = new Map<string, Uint8Array | ExternalData>();
  for (const { name: location, byteLength, offsets } of parts) {
    const bytes = new Uint8Array(byteLength);
    for (const [name, offset] of offsets) {
      const weight = weights.get(name)!;
      bytes.set(weight.read(), offset);
      initializers.set(name, { location, offset, length: weight.byteLength });
    }
    await write(location, bytes);
  }
  for (const [name, weight] of weights) if (!initializers.has(name)) initializers.set(name, weight.read());
  await write(file, serializeOnnx(graph, { initializers }));
  return parts.length;
}
