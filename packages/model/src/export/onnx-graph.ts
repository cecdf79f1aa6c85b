/**
 * The model as one ONNX graph with a key/value cache, in the names and shapes that transformers.js (and Optimum) expect.
 * Weights are constants and every operator is a plain one, so that the file runs on CPU, WASM and WebGPU alike.
 */
import { LlmError, type NamedTensor } from '@llm/core';
import {
  add,
  constantScalar,
  type Dimension,
  dimensionOf,
  equal,
  Graph,
  gather,
  lessOrEqual,
  logicalAnd,
  matMul,
  mul,
  range,
  softmax,
  squeeze,
  sub,
  type Tensor,
  transpose,
  unsqueeze,
  where,
} from '@llm/graph';
import { transposedName } from '../architecture/linear.js';
import { rotaryTables } from '../architecture/rotary-positions.js';
import { attentionScale, languageModelHead, transformerStack } from '../architecture/transformer-layers.js';
import { transposeMatrix } from '../generation/transpose-matrix.js';
import type { ModelConfig } from '../model-config.js';
import { embeddingName, headName, parameterLayout } from '../parameter-layout.js';

/**
 * Inputs: `input_ids`, `position_ids` int64 [batch, sequence], `attention_mask` int64 [batch, past + sequence] (0 on padding,
 * which may only stand at the left), `past_key_values.i.key|value` float32 [batch, keyValueHeads, past, headWidth].
 * Outputs: `logits` [batch, sequence, vocabularySize], `present.i.key|value` [batch, keyValueHeads, past + sequence, headWidth].
 */
export function cachedOnnxGraph(config: ModelConfig, parameters: ReadonlyMap<string, NamedTensor>): Graph {
  const graph = new Graph();
  const weights = constantParameters(graph, config, parameters);
  const tokens = graph.input('input_ids', 'int64', ['batch', 'sequence']);
  const attentionMask = graph.input('attention_mask', 'int64', ['batch', 'total']);
  const positions = graph.input('position_ids', 'int64', ['batch', 'sequence']);
  const shape = (time: Dimension): Dimension[] => ['batch', config.keyValueHeads, time, config.headWidth];
  const pasts = Array.from({ length: config.depth }, (_, layer) => ({
    key: graph.input(`past_key_values.${layer}.key`, 'float32', shape('past')),
    value: graph.input(`past_key_values.${layer}.value`, 'float32', shape('past')),
  }));
  const mask = paddedCausalMask(graph, tokens, attentionMask);
  const scale = attentionScale(config);
  const learned = config.positions === 'learned';
  const join = (past: Tensor, fresh: Tensor): Tensor =>
    graph.node(
      'Concat',
      [past, fresh],
      { axis: 2 },
      { outputs: [{ type: 'float32', shape: shape('total') }] },
    )[0]!;
  const states = transformerStack({
    config,
    parameters: weights,
    tokens,
    rows: 'batch',
    time: 'sequence',
    rotation: learned ? undefined : rotationAt(graph, config, positions),
    positions: learned ? positions : undefined,
    attend: (query, key, value, layer) => {
      const keys = join(pasts[layer]!.key, key);
      const values = join(pasts[layer]!.value, value);
      graph.output(`present.${layer}.key`, keys);
      graph.output(`present.${layer}.value`, values);
      const scores = add(matMul(mul(query, scale), transpose(repeatHeads(config, keys), [0, 1, 3, 2])), mask);
      return matMul(softmax(scores), repeatHeads(config, values));
    },
    previous: () => {
      throw new LlmError({
        code: 'model/export-unsupported',
        message:
          'A model with smear cannot be written to this graph: its cache holds keys and values, not the embedding of the last token.',
      });
    },
  });
  graph.output('logits', languageModelHead(config, weights, states));
  return graph;
}

/** Additive mask [batch, 1, sequence, total] from the position of each query within all tokens. */
function paddedCausalMask(graph: Graph, tokens: Tensor, attentionMask: Tensor): Tensor {
  const zero = constantScalar(graph, 0, 'int64');
  const total = squeeze(dimensionOf(attentionMask, 1), 0);
  const fresh = squeeze(dimensionOf(tokens, 1), 0);
  const keys = range(zero, total, 'total');
  const queries = add(range(zero, fresh, 'sequence'), sub(total, fresh));
  const causal = lessOrEqual(unsqueeze(keys, 0), unsqueeze(queries, 1));
  const present = equal(attentionMask, constantScalar(graph, 1, 'int64'));
  const visible = logicalAnd(unsqueeze(unsqueeze(causal, 0), 0), unsqueeze(present, [1, 2]));
  return where(visible, constantScalar(graph, 0), -1e9);
}

function rotationAt(
  graph: Graph,
  config: ModelConfig,
  positions: Tensor,
): { cosines: Tensor; sines: Tensor } {
  const { cosines, sines } = rotaryTables(config, config.contextLength);
  const at = (table: Float32Array): Tensor =>
    unsqueeze(gather(graph.constant(table, [config.contextLength, config.headWidth]), positions), 1);
  return { cosines: at(cosines), sines: at(sines) };
}

/** [batch, keyValueHeads, total, headWidth] → [batch, heads, total, headWidth] */
function repeatHeads(config: ModelConfig, x: Tensor): Tensor {
  const { heads, keyValueHeads, headWidth } = config;
  const group = heads / keyValueHeads;
  if (group === 1) return x;
  const { graph } = x;
  const expanded = graph.node(
    'Concat',
    new Array<Tensor>(group).fill(unsqueeze(x, 2)),
    { axis: 2 },
    { outputs: [{ type: 'float32', shape: ['batch', keyValueHeads, group, 'total', headWidth] }] },
  )[0]!;
  const sizes = graph.constant(BigInt64Array.of(0n, BigInt(heads), -1n, BigInt(headWidth)));
  return graph.node(
    'Reshape',
    [expanded, sizes],
    {},
    { outputs: [{ type: 'float32', shape: ['batch', heads, 'total', headWidth] }] },
  )[0]!;
}

/** Parameters as constants; matrices are stored [in, out]. A tied head is transposed when the file is loaded. */
function constantParameters(
  graph: Graph,
  config: ModelConfig,
  parameters: ReadonlyMap<string, NamedTensor>,
): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const [name, { shape, role }] of parameterLayout(config)) {
    const { data } = parameters.get(name)!;
    if (role === 'matrix' || name === headName) {
      const transposed = transposeMatrix({ type: 'float32', shape, data });
      tensors.set(transposedName(name), graph.constant(transposed.data, transposed.shape));
    } else tensors.set(name, graph.constant(data, shape));
  }
  if (config.tiedHead)
    tensors.set(transposedName(embeddingName), transpose(tensors.get(embeddingName)!, [1, 0]));
  return tensors;
}
