/**
 * The model as one ONNX graph with a key/value cache, in the names and shapes that transformers.js (and Optimum) expect.
 * Every operator is a plain one, so that the file runs on CPU, WASM and WebGPU alike. Weights are inputs here: what they
 * become in the file is decided when it is written.
 */
import { LlmError, type NamedTensor } from '@llm/core';
import { type Dimension, Graph, mul, type Tensor, transpose, unsqueeze } from '@llm/graph';
import { forward, languageModelHead } from '../../architecture/forward.js';
import { transposedName } from '../../architecture/linear.js';
import { attentionScale } from '../../attention/heads.js';
import { paddedMask } from '../../attention/masks.js';
import { gatheredRotation } from '../../attention/rotary-positions.js';
import { plainAttention } from '../../attention/whole-attention.js';
import type { ModelConfig } from '../../config/model-config.js';
import { parameterLayout } from '../../weights/parameter-layout.js';
import { embeddingName } from '../../weights/parameter-names.js';

/** A graph, and the weights that some of its inputs stand for. */
export interface WeightedGraph {
  readonly graph: Graph;
  /** Input name → float32 weight; `transposed`: the input has the tensor's two axes swapped. */
  readonly weights: ReadonlyMap<string, FloatWeight>;
}

export interface FloatWeight {
  readonly tensor: NamedTensor;
  readonly transposed: boolean;
}

/**
 * Inputs: `input_ids`, `position_ids` int64 [batch_size, sequence], `attention_mask` int64 [batch_size, past + sequence] (0 on padding,
 * which may only stand at the left), `past_key_values.i.key|value` float32 [batch_size, keyValueHeads, past, headWidth],
 * `num_logits_to_keep` int64 [] (logits of the last so many positions; 0: of all).
 * Outputs: `logits` [batch_size, kept, vocabularySize], `present.i.key|value` [batch_size, keyValueHeads, past + sequence, headWidth].
 */
export function cachedOnnxGraph(
  config: ModelConfig,
  parameters: ReadonlyMap<string, NamedTensor>,
): WeightedGraph {
  const graph = new Graph();
  const weights = floatWeights(config, parameters);
  const tensors = weightInputs(graph, config, weights);
  const tokens = graph.input('input_ids', 'int64', ['batch_size', 'sequence']);
  const attentionMask = graph.input('attention_mask', 'int64', ['batch_size', 'total']);
  const positions = graph.input('position_ids', 'int64', ['batch_size', 'sequence']);
  const shape = (time: Dimension): Dimension[] => [
    'batch_size',
    config.keyValueHeads,
    time,
    config.headWidth,
  ];
  const pasts = Array.from({ length: config.depth }, (_, layer) => ({
    key: graph.input(`past_key_values.${layer}.key`, 'float32', shape('past')),
    value: graph.input(`past_key_values.${layer}.value`, 'float32', shape('past')),
  }));
  const mask = paddedMask(tokens, attentionMask);
  const scale = attentionScale(config);
  const learned = config.positions === 'learned';
  const join = (past: Tensor, fresh: Tensor): Tensor =>
    graph.node(
      'Concat',
      [past, fresh],
      { axis: 2 },
      { outputs: [{ type: 'float32', shape: shape('total') }] },
    )[0]!;
  const states = forward({
    config,
    parameters: tensors,
    tokens,
    rows: 'batch_size',
    time: 'sequence',
    rotation: learned ? undefined : gatheredRotation(graph, config, positions),
    positions: learned ? positions : undefined,
    attend: (query, key, value, layer) => {
      const keys = join(pasts[layer]!.key, key);
      const values = join(pasts[layer]!.value, value);
      graph.output(`present.${layer}.key`, keys);
      graph.output(`present.${layer}.value`, values);
      return plainAttention(query, keys, values, mask, scale);
    },
    previous: () => {
      throw new LlmError({
        code: 'model/export-unsupported',
        message:
          'A model with smear cannot be written to this graph: its cache holds keys and values, not the embedding of the last token.',
      });
    },
  });
  const kept = graph.input('num_logits_to_keep', 'int64', []);
  graph.output('logits', languageModelHead(config, tensors, lastPositions(states, kept)));
  return { graph, weights };
}

/** states [batch_size, sequence, width] → the last `kept` positions, or all for 0: a slice from −kept to the end. */
function lastPositions(states: Tensor, kept: Tensor): Tensor {
  const { graph } = states;
  const integer = (value: bigint): Tensor => graph.constant(BigInt64Array.of(value));
  const start = mul(unsqueeze(kept, 0), integer(-1n));
  const shape: Dimension[] = ['batch_size', 'kept', states.shape.at(-1)!];
  return graph.node(
    'Slice',
    [states, start, integer(2n ** 63n - 1n), integer(1n)],
    {},
    { outputs: [{ type: 'float32', shape }] },
  )[0]!;
}

/** Matrices are [in, out]; a tied head is the embedding table, transposed in the graph. */
function floatWeights(
  config: ModelConfig,
  parameters: ReadonlyMap<string, NamedTensor>,
): Map<string, FloatWeight> {
  const weights = new Map<string, FloatWeight>();
  for (const [name, { role }] of parameterLayout(config)) {
    const transposed = role === 'matrix' || role === 'head';
    weights.set(transposed ? transposedName(name) : name, { tensor: parameters.get(name)!, transposed });
  }
  return weights;
}

function weightInputs(
  graph: Graph,
  config: ModelConfig,
  weights: ReadonlyMap<string, FloatWeight>,
): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const [name, { tensor, transposed }] of weights)
    tensors.set(name, graph.input(name, 'float32', transposed ? [...tensor.shape].reverse() : tensor.shape));
  if (config.tiedHead)
    tensors.set(transposedName(embeddingName), transpose(tensors.get(embeddingName)!, [1, 0]));
  return tensors;
}
