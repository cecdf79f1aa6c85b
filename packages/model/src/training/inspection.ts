/**
 * One text through the model with what is computed on the way, as `output_hidden_states` and
 * `output_attentions` of transformers; heads can be silenced, and each layer's state can be read as if it
 * were the last (the logit lens of nostalgebraist 2020). A graph of its own: others compute as fast as
 * before.
 */
import { checkNumber, LlmError } from '@llm/core';
import { add, concat, Graph, gather, matMul, mul, reshape, slice, softmax, type Tensor } from '@llm/graph';
import { forward, languageModelHead } from '../architecture/forward.js';
import { float32, int32 } from '../architecture/host-tensors.js';
import { normalize } from '../architecture/normalization.js';
import { type Parameters, parameterInputs } from '../architecture/parameters.js';
import { previousInSequence } from '../architecture/smear.js';
import { groupOf, repeatHeads } from '../attention/heads.js';
import { causalMask } from '../attention/masks.js';
import { constantRotation, layerRotation } from '../attention/rotary-positions.js';
import { scoreRule } from '../attention/score-rule.js';
import { softcap } from '../attention/softcap.js';
import { byWindow } from '../config/layer-patterns.js';
import type { ModelConfig } from '../config/model-config.js';
import { finalNormName } from '../weights/parameter-names.js';
import { checkBatch } from './check-batch.js';
import type { StepParts } from './train-step.js';

export interface InspectionOptions {
  /** Of the tokens, the one whose next token `lens` is about. Default: the last. */
  readonly position?: number | undefined;
  /** Heads whose output counts as zero. Default: none. */
  readonly silencedHeads?: readonly { readonly layer: number; readonly head: number }[] | undefined;
}

/** `time` is the number of tokens. */
export interface Inspection {
  /**
   * The residual stream as it enters the first layer, then as each layer leaves it, before the final norm:
   * depth + 1 of [time, width].
   */
  readonly stream: readonly Float32Array[];
  /** How much of each token (last axis) each token reads, by layer: depth of [heads, time, time]. */
  readonly attention: readonly Float32Array[];
  /** What the feed-forward's last product reads, by layer: depth of [time, feedForwardWidth]. */
  readonly activations: readonly Float32Array[];
  /**
   * [depth + 1, vocabularySize] logits at `position` if the stream were at its end before the first layer,
   * after each; the last are the model's own.
   */
  readonly lens: Float32Array;
}

type InspectionParts = Pick<StepParts, 'architecture' | 'sessions'>;

/** Throws `model/batch-invalid`, `model/token-out-of-range`, or `model/head-unknown`. */
export async function inspect(
  { architecture, sessions }: InspectionParts,
  inputs: Int32Array,
  { position = inputs.length - 1, silencedHeads = [] }: InspectionOptions,
): Promise<Inspection> {
  const { config } = architecture;
  checkBatch(config, { rows: 1, columns: inputs.length, inputs, targets: inputs });
  checkNumber('position', position, { minimum: 0, maximum: inputs.length - 1, integer: true });
  const session = await sessions.open(`inspection ${inputs.length}`, () => ({
    graph: inspectionGraph(config, (graph) => parameterInputs(graph, architecture), inputs.length),
    state: [],
  }));
  const outputs = await session.step({
    tokens: int32(inputs),
    position: int32(Int32Array.of(position)),
    'heads.heard': float32(heardHeads(config, silencedHeads), [config.depth, config.heads]),
  });
  const read = (name: string): Float32Array => outputs[name]!.data as Float32Array;
  const layers = Array.from({ length: config.depth }, (_, layer) => layer);
  return {
    stream: [...layers, config.depth].map((layer) => read(`stream.${layer}`)),
    attention: layers.map((layer) => read(`attention.${layer}`)),
    activations: layers.map((layer) => read(`activations.${layer}`)),
    lens: read('lens'),
  };
}

function inspectionGraph(
  config: ModelConfig,
  parametersOf: (graph: Graph) => Parameters,
  time: number,
): Graph {
  const graph = new Graph();
  const parameters = parametersOf(graph);
  const tokens = graph.input('tokens', 'int32', [time]);
  const position = graph.input('position', 'int32', [1]);
  const heard = graph.input('heads.heard', 'float32', [config.depth, config.heads]);
  const mask = byWindow(config, (window) => causalMask(graph, time, window));
  const rule = scoreRule(config);
  const stream: Tensor[] = [];
  const last = forward({
    config,
    parameters,
    tokens,
    rows: 1,
    time,
    rotation: layerRotation(config, (kind) => constantRotation(graph, kind.config, time)),
    positions:
      config.positions === 'learned'
        ? graph.constant(Int32Array.from({ length: time }, (_, i) => i))
        : undefined,
    attend(query, key, value, layer) {
      const group = groupOf(query, key);
      const scores = matMul(query, repeatHeads(key, group), { transposeB: true, alpha: rule.scale });
      const weights = softmax(add(softcap(scores, rule.softcap), mask(layer)));
      graph.output(`attention.${layer}`, weights);
      const isHeard = reshape(slice(heard, 0, layer, layer + 1), [1, config.heads, 1, 1]);
      return mul(matMul(weights, repeatHeads(value, group)), isHeard);
    },
    previous: (embeddings) => previousInSequence(embeddings, 1, time, undefined),
    observe(what, tensor, layer) {
      // A tensor may be output of one name only; adding nothing makes another of it.
      graph.output(`${what}.${layer}`, add(tensor, 0));
      if (what === 'stream') stream.push(tensor);
    },
  });
  const early = stream
    .slice(0, -1)
    .map((state) => normalize(config, parameters, finalNormName, gather(state, position)));
  const states = concat([...early, gather(last, position)], 0);
  graph.output('lens', languageModelHead(config, parameters, states));
  return graph;
}

/** [depth, heads]: 0 for those that are silenced, else 1. */
function heardHeads(
  { depth, heads }: ModelConfig,
  silenced: NonNullable<InspectionOptions['silencedHeads']>,
): Float32Array {
  const heard = new Float32Array(depth * heads).fill(1);
  for (const { layer, head } of silenced) {
    const isHere = layer >= 0 && layer < depth && head >= 0 && head < heads;
    if (!isHere || !Number.isInteger(layer) || !Number.isInteger(head))
      throw new LlmError({
        code: 'model/head-unknown',
        message: `There is no head ${head} in layer ${layer}: the model has ${depth} layers of ${heads} heads, counted from 0.`,
        details: { layer, head },
      });
    heard[layer * heads + head] = 0;
  }
  return heard;
}
