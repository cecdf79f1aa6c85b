/**
 * The model as one ONNX graph with a key/value cache, in the names and shapes that transformers.js (and
 * Optimum) expect. Every operator is a plain one, so that the file runs on CPU, WASM and WebGPU alike.
 * Weights are inputs here: what they become in the file is decided when it is written.
 */
import { LlmError, type NamedTensor } from '@llm/core';
import { type Dimension, Graph, mul, type Tensor, transpose, unsqueeze } from '@llm/graph';
import { forward, languageModelHead } from '../../architecture/forward.js';
import { transposedName } from '../../architecture/linear.js';
import type { Parameters } from '../../architecture/parameters.js';
import { paddedMask } from '../../attention/masks.js';
import {
  gatheredRotation,
  layerRotation,
  type RotaryConfig,
  type RotaryTensors,
  turnedWidth,
  wideRotaryTables,
} from '../../attention/rotary-positions.js';
import { scoreRule } from '../../attention/score-rule.js';
import { concatAs, sliceAs } from '../../attention/symbolic-shapes.js';
import { plainAttention } from '../../attention/whole-attention.js';
import { byWindow } from '../../config/layer-patterns.js';
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
 * Inputs: `input_ids`, `position_ids` int64 [batch_size, sequence], `attention_mask` int64 [batch_size, past
 * + sequence] (0 on padding, which may only stand at the left), `past_key_values.i.key|value` float32
 * [batch_size, keyValueHeads, past, headWidth], `num_logits_to_keep` int64 [] (logits of the last so many
 * positions; 0: of all). Outputs: `logits` [batch_size, kept, vocabularySize], `present.i.key|value`
 * [batch_size, keyValueHeads, past + sequence, headWidth].
 */
export function cachedOnnxGraph(
  config: ModelConfig,
  parameters: ReadonlyMap<string, NamedTensor>,
): WeightedGraph {
  const graph = new Graph();
  const { weights, tensors } = addWeights(graph, config, parameters);
  const tokens = graph.input('input_ids', 'int64', ['batch_size', 'sequence']);
  const attentionMask = graph.input('attention_mask', 'int64', ['batch_size', 'total']);
  const positions = graph.input('position_ids', 'int64', ['batch_size', 'sequence']);
  const { keyValueHeads, headWidth } = config;
  const shape = (time: Dimension): Dimension[] => ['batch_size', keyValueHeads, time, headWidth];
  const pasts = Array.from({ length: config.depth }, (_, layer) => ({
    key: graph.input(`past_key_values.${layer}.key`, 'float32', shape('past')),
    value: graph.input(`past_key_values.${layer}.value`, 'float32', shape('past')),
  }));
  const mask = byWindow(config, (window) => paddedMask(tokens, attentionMask, window));
  const rule = scoreRule(config);
  const learned = config.positions === 'learned';
  const join = (past: Tensor, fresh: Tensor): Tensor => concatAs([past, fresh], 2, shape('total'));
  const states = forward({
    config,
    parameters: tensors,
    tokens,
    rows: 'batch_size',
    time: 'sequence',
    rotation: layerRotation(config, (kind) =>
      gatheredRotation(positions, rotaryConstants(graph, kind.config, config.contextLength)),
    ),
    positions: learned ? positions : undefined,
    attend: (query, key, value, layer) => {
      const keys = join(pasts[layer]!.key, key);
      const values = join(pasts[layer]!.value, value);
      graph.output(`present.${layer}.key`, keys);
      graph.output(`present.${layer}.value`, values);
      return plainAttention(query, keys, values, mask(layer), rule);
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

/** Of every position of the window. */
function rotaryConstants(graph: Graph, config: RotaryConfig, contextLength: number): RotaryTensors {
  const { cosines, sines } = wideRotaryTables(config, contextLength);
  const shape = [contextLength, turnedWidth(config)];
  return { cosines: graph.constant(cosines, shape), sines: graph.constant(sines, shape) };
}

/** The last `kept` positions of states [batch_size, sequence, width], or all for 0: from −kept to the end. */
function lastPositions(states: Tensor, kept: Tensor): Tensor {
  const integer = (value: bigint): Tensor => states.graph.constant(BigInt64Array.of(value));
  const start = mul(unsqueeze(kept, 0), integer(-1n));
  return sliceAs(states, 1, start, integer(2n ** 63n - 1n), states.shape.with(1, 'kept'));
}

/** Matrices are [in, out]; a tied head is the embedding table, transposed in the graph. */
function addWeights(
  graph: Graph,
  config: ModelConfig,
  parameters: ReadonlyMap<string, NamedTensor>,
): { weights: ReadonlyMap<string, FloatWeight>; tensors: Parameters } {
  const weights = new Map<string, FloatWeight>();
  const tensors = new Map<string, Tensor>();
  for (const [name, { shape, role }] of parameterLayout(config)) {
    const transposed = role === 'matrix' || role === 'head';
    const input = transposed ? transposedName(name) : name;
    weights.set(input, { tensor: parameters.get(name)!, transposed });
    tensors.set(input, graph.input(input, 'float32', transposed ? [...shape].reverse() : shape));
  }
  if (config.tiedHead)
    tensors.set(transposedName(embeddingName), transpose(tensors.get(embeddingName)!, [1, 0]));
  return { weights, tensors };
}
