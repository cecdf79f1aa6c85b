/**
 * The forward pass of every model here, from tokens to logits: embedding, blocks of attention and
 * feed-forward around a residual stream, final norm, head; with learned positions as GPT-2, and value
 * embeddings, smear, residual scalars and backout as nanochat. How queries meet keys is left to the caller,
 * so that training, scoring and cached generation are one model.
 */
import { LlmError } from '@llm/core';
import {
  add,
  type Dimension,
  split as divide,
  gather,
  mul,
  recompute,
  rmsNormalization,
  slice,
  squeeze,
  sub,
  type Tensor,
} from '@llm/graph';
import { headSplitter, mergeHeads, type SplitHeads, swapTimeAndHeads } from '../attention/heads.js';
import type { LayerRotation } from '../attention/rotary-positions.js';
import { softcap } from '../attention/softcap.js';
import type { ModelConfig } from '../config/model-config.js';
import { hasValueEmbedding } from '../weights/parameter-layout.js';
import {
  backoutScalarName,
  embeddingName,
  embeddingScalarsName,
  finalNormName,
  headName,
  layerNames,
  layerPrefix,
  positionName,
  residualScalarsName,
  scoreName,
} from '../weights/parameter-names.js';
import { feedForward } from './feed-forward.js';
import { linear, linears, multiply, undividedLinears } from './linear.js';
import { normalize, normalizeAfter, normalizeBefore, normalizeByRms } from './normalization.js';
import type { Parameters } from './parameters.js';
import { lookUp } from './quantized-weight.js';
import { smear } from './smear.js';
import { valueEmbedding } from './value-embedding.js';

export interface ForwardOptions {
  readonly config: ModelConfig;
  readonly parameters: Parameters;
  /** int32 [positions] or [rows, time] */
  readonly tokens: Tensor;
  readonly rows: Dimension;
  readonly time: Dimension;
  /** int64 [2]: rows and time, where `tokens` has one axis and both are symbols. */
  readonly sizes?: Tensor | undefined;
  /** For rotary positions. */
  readonly rotation: LayerRotation | undefined;
  /** For learned positions: int32, broadcasts against `tokens`. */
  readonly positions: Tensor | undefined;
  /** [...tokens.shape, width] added to the embeddings. Default: none. */
  readonly embeddingNoise?: Tensor | undefined;
  /**
   * query [rows, heads, time, headWidth], key and value [rows, keyValueHeads, time, headWidth], normalised
   * and rotated → like query, or with the heads of a group on an axis of their own.
   */
  attend(query: Tensor, key: Tensor, value: Tensor, layer: number): Tensor;
  /** For smear: embeddings [...tokens.shape, width] → those of the tokens before, zero where none is. */
  previous(embeddings: Tensor): Tensor;
  /**
   * Keep only each layer's input, queries, keys, values and what `attend` returns for the backward pass, and
   * compute the rest again. Default false.
   */
  readonly recomputed?: boolean | undefined;
  /**
   * Given what is computed on the way: the stream [...tokens.shape, width] as it enters the first layer
   * (`layer` 0) and as each layer leaves it (1 …), and a layer's feed-forward activations [...tokens.shape,
   * feedForwardWidth] (0 …). What `attend` computes the caller sees anyway. Not beside `recomputed`.
   */
  readonly observe?: ((what: 'stream' | 'activations', tensor: Tensor, layer: number) => void) | undefined;
}

/** The residual stream after the final norm, [...tokens.shape, width]. */
export function forward(options: ForwardOptions): Tensor {
  const { config, parameters, tokens } = options;
  let x = embed(config, parameters, tokens, options.positions, options.embeddingNoise);
  if (config.smear) x = smear(parameters, x, options.previous(x));
  const embedded = x;
  options.observe?.('stream', x, 0);
  const split = headSplitter(options.rows, options.time, options.sizes);
  let middle: Tensor | undefined;
  for (let layer = 0; layer < config.depth; layer++) {
    if (config.residualScalars) {
      const scalar = (name: string): Tensor => slice(parameters.get(name)!, 0, layer, layer + 1);
      x = add(mul(x, scalar(residualScalarsName)), mul(embedded, scalar(embeddingScalarsName)));
    }
    x = block(options, split, layer, x);
    options.observe?.('stream', x, layer + 1);
    if (config.backout && layer === Math.floor(config.depth / 2)) middle = x;
  }
  if (middle !== undefined) x = sub(x, mul(middle, parameters.get(backoutScalarName)!));
  return normalize(config, parameters, finalNormName, x);
}

/** Embeddings [...tokens.shape, width]; `positions` for learned ones. */
export function embed(
  config: ModelConfig,
  parameters: Parameters,
  tokens: Tensor,
  positions: Tensor | undefined,
  noise?: Tensor | undefined,
): Tensor {
  let x = lookUp(parameters, embeddingName, config.width, tokens);
  if (config.embeddingScale !== 1) x = mul(x, config.embeddingScale);
  if (noise !== undefined) x = add(x, noise);
  if (positions !== undefined) x = add(x, gather(parameters.get(positionName)!, positions));
  return config.embeddingNormalization ? rmsNormalization(x, undefined, config.normalizationEpsilon) : x;
}

/** Attention, then feed-forward, each added to the stream, with norms before them, after them or both. */
function block(options: ForwardOptions, split: SplitHeads, layer: number, x: Tensor): Tensor {
  const { config, tokens } = options;
  const names = layerNames(layer);
  const [query, key, value] = part(options, layer, [x], (parameters, [input]) =>
    queryKeyValue(
      options,
      split,
      parameters,
      layer,
      normalizeBefore(config, parameters, names.attentionNorm, input!),
    ),
  );
  const mixed = options.attend(query!, key!, value!, layer);
  const [output] = part(options, layer, [x, mixed], (parameters, [input, heads]) => {
    const attention = linear(parameters, names.attentionOutput, mergeHeads(heads!, tokens.shape));
    const attended = add(input!, normalizeAfter(config, parameters, names.attentionOutputNorm, attention));
    const read = normalizeBefore(config, parameters, names.feedForwardNorm, attended);
    const fed = feedForward(config, parameters, names, read, (activations) =>
      options.observe?.('activations', activations, layer),
    );
    return [add(attended, normalizeAfter(config, parameters, names.feedForwardOutputNorm, fed))];
  });
  return output!;
}

/** Query, and key and value of keyValueHeads, [rows, heads, time, headWidth], from a normalised input. */
function queryKeyValue(
  options: ForwardOptions,
  split: SplitHeads,
  parameters: Parameters,
  layer: number,
  x: Tensor,
): [Tensor, Tensor, Tensor] {
  const { config, tokens, rotation } = options;
  const names = layerNames(layer);
  /** Normalised and turned by position. */
  const placed = (flat: Tensor, heads: number, norm: string): Tensor => {
    const wide = config.queryKeyNormalization === 'rmsWide';
    let head = split(wide ? normalizeByRms(config, parameters, norm, flat) : flat, heads);
    if (config.queryKeyNormalization !== 'none' && !wide)
      head = normalizeByRms(config, parameters, norm, head);
    if (config.queryKeyScale !== 1) head = mul(head, config.queryKeyScale);
    const swapped = swapTimeAndHeads(head);
    return rotation === undefined ? swapped : rotation(swapped, layer);
  };
  const undivided =
    config.queryKeyNormalization === 'none' && !hasValueEmbedding(config, layer)
      ? undividedLinears(parameters, [names.query, names.key, names.value], x)
      : undefined;
  if (undivided !== undefined) {
    // All heads at once: a step of one row is bound by the number of operators.
    const { heads, keyValueHeads, queryKeyScale } = config;
    const all = swapTimeAndHeads(split(undivided, heads + 2 * keyValueHeads));
    const [placed, values] = divide(all, 1, [heads + keyValueHeads, keyValueHeads]);
    const scaled = queryKeyScale === 1 ? placed! : mul(placed!, queryKeyScale);
    const turned = rotation === undefined ? scaled : rotation(scaled, layer);
    const [query, key] = divide(turned, 1, [heads, keyValueHeads]);
    return [query!, key!, values!];
  }
  const widths = [config.heads, config.keyValueHeads, config.keyValueHeads].map((n) => n * config.headWidth);
  const [queries, keys, plain] = linears(parameters, [names.query, names.key, names.value], widths, x);
  const query = placed(queries!, config.heads, names.queryNorm);
  const key = placed(keys!, config.keyValueHeads, names.keyNorm);
  let values = split(plain!, config.keyValueHeads);
  if (hasValueEmbedding(config, layer)) {
    const { gates, vectors } = valueEmbedding(parameters, names, tokens, x);
    values = add(values, mul(split(gates, config.keyValueHeads), split(vectors, config.keyValueHeads)));
  }
  return [query, key, swapTimeAndHeads(values)];
}

/** [..., width] → logits [..., vocabularySize] */
export function languageModelHead(config: ModelConfig, parameters: Parameters, x: Tensor): Tensor {
  return softcap(multiply(parameters, headWeightName(config), x), config.logitSoftcap);
}

/** [..., width] → [...] the scalar head's number. Throws `model/no-scalar-head`. */
export function scalarHead(config: ModelConfig, parameters: Parameters, x: Tensor): Tensor {
  if (config.scalarHead !== true)
    throw new LlmError({
      code: 'model/no-scalar-head',
      message: 'This model has no scalar head: make it with scalarHead: true in its configuration.',
    });
  return squeeze(multiply(parameters, scoreName, x), -1);
}

/** The matrix [vocabularySize, width] that gives logits. */
export function headWeightName({ tiedHead }: ModelConfig): string {
  return tiedHead ? embeddingName : headName;
}

/** `build` as it is, or as a part whose own results are not kept for the backward pass. */
function part(
  { parameters, recomputed = false }: ForwardOptions,
  layer: number,
  inputs: readonly Tensor[],
  build: (parameters: Parameters, inputs: readonly Tensor[]) => readonly Tensor[],
): readonly Tensor[] {
  if (!recomputed) return build(parameters, inputs);
  const names = [...parameters.keys()].filter((name) => name.startsWith(layerPrefix(layer)));
  return recompute([...inputs, ...names.map((name) => parameters.get(name)!)], (tensors) => {
    const own = new Map(parameters);
    for (const [index, name] of names.entries()) own.set(name, tensors[inputs.length + index]!);
    return build(own, tensors.slice(0, inputs.length));
  });
}
