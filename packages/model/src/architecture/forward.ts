/**
 * The decoder-only stack every architecture here shares: embedding, pre-norm attention and feed-forward blocks around a
 * residual stream, final norm. How queries meet keys is a parameter, so that training, scoring and cached
 * generation build on the same layers.
 */
import {
  add,
  type Dimension,
  gather,
  mul,
  recompute,
  reshape,
  rmsNormalization,
  slice,
  sub,
  type Tensor,
  tanh,
  transpose,
} from '@llm/graph';
import type { Rotation } from '../attention/rotary-positions.js';
import type { ModelConfig } from '../config/model-config.js';
import {
  backoutScalarName,
  embeddingName,
  embeddingScalarsName,
  finalNormName,
  hasValueEmbedding,
  headName,
  layerName,
  positionName,
  residualScalarsName,
} from '../weights/parameter-layout.js';
import { feedForward } from './feed-forward.js';
import { attentionInputs } from './joined-weights.js';
import { linear, linears, multiply } from './linear.js';
import { normalize } from './normalization.js';
import type { Parameters } from './parameters.js';
import { smear } from './smear.js';
import { valueEmbedding } from './value-embedding.js';

export interface StackOptions {
  readonly config: ModelConfig;
  readonly parameters: Parameters;
  /** int32 [positions] or [rows, time] */
  readonly tokens: Tensor;
  readonly rows: Dimension;
  readonly time: Dimension;
  /** For rotary positions. */
  readonly rotation: Rotation | undefined;
  /** For learned positions: int32, broadcasts against `tokens`. */
  readonly positions: Tensor | undefined;
  /**
   * query [rows, heads, time, headWidth], key and value [rows, keyValueHeads, time, headWidth], normalised and rotated →
   * like query.
   */
  attend(query: Tensor, key: Tensor, value: Tensor, layer: number): Tensor;
  /** For smear: embeddings [...tokens.shape, width] → those of the tokens before, zero where there is none. */
  previous(embeddings: Tensor): Tensor;
  /**
   * Keep only each layer's input, queries, keys, values and what `attend` returns for the backward pass, and compute the
   * rest again. Default false.
   */
  readonly recomputed?: boolean | undefined;
}

/** The residual stream after the final norm, [...tokens.shape, width]. */
export function transformerStack(options: StackOptions): Tensor {
  const { config, parameters, tokens } = options;
  let x = embedTokens(config, parameters, tokens, options.positions);
  if (config.smear) x = smear(parameters, x, options.previous(x));
  const embedded = x;
  let middle: Tensor | undefined;
  for (let layer = 0; layer < config.depth; layer++) {
    if (config.residualScalars) {
      const scalar = (name: string): Tensor => slice(parameters.get(name)!, 0, layer, layer + 1);
      x = add(mul(x, scalar(residualScalarsName)), mul(embedded, scalar(embeddingScalarsName)));
    }
    const [query, key, value] = part(options, layer, [x], ([input], own) =>
      projections(options, own, layer, input!),
    );
    const mixed = options.attend(query!, key!, value!, layer);
    [x] = part(options, layer, [x, mixed], ([input, attended], own) => {
      const residual = add(input!, attentionOutput(config, own, layer, attended!, tokens.shape));
      const fed = normalize(config, own, layerName(layer, 'post_attention_layernorm'), residual);
      return [add(residual, feedForward(config, own, layerName(layer, 'mlp'), fed))];
    }) as [Tensor];
    if (config.backout && layer === Math.floor(config.depth / 2)) middle = x;
  }
  if (middle !== undefined) x = sub(x, mul(middle, parameters.get(backoutScalarName)!));
  return normalize(config, parameters, finalNormName, x);
}

/** Embeddings [...tokens.shape, width]; `positions` for learned ones. */
export function embedTokens(
  config: ModelConfig,
  parameters: Parameters,
  tokens: Tensor,
  positions: Tensor | undefined,
): Tensor {
  let x = gather(parameters.get(embeddingName)!, tokens);
  if (positions !== undefined) x = add(x, gather(parameters.get(positionName)!, positions));
  return config.embeddingNormalization ? rmsNormalization(x, undefined, config.normalizationEpsilon) : x;
}

/** `build` as it is, or as a part whose own results are not kept for the backward pass. */
function part(
  { parameters, recomputed = false }: StackOptions,
  layer: number,
  inputs: readonly Tensor[],
  build: (inputs: readonly Tensor[], parameters: Parameters) => readonly Tensor[],
): readonly Tensor[] {
  if (!recomputed) return build(inputs, parameters);
  const names = [...parameters.keys()].filter((name) => name.startsWith(layerName(layer, '')));
  return recompute([...inputs, ...names.map((name) => parameters.get(name)!)], (tensors) => {
    const own = new Map(parameters);
    for (const [index, name] of names.entries()) own.set(name, tensors[inputs.length + index]!);
    return build(tensors.slice(0, inputs.length), own);
  });
}

/** Query [rows, heads, time, headWidth], key and value [rows, keyValueHeads, time, headWidth] of a layer's input. */
function projections(options: StackOptions, parameters: Parameters, layer: number, input: Tensor): Tensor[] {
  const { config, rows, time } = options;
  const x = normalize(config, parameters, layerName(layer, 'input_layernorm'), input);
  const name = (part: string): string => layerName(layer, `self_attn.${part}`);
  const [queries, keys, plainValues] = linears(parameters, attentionInputs(layer), x) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const toHeads = (flat: Tensor, heads: number): Tensor =>
    reshapeHeads(flat, [rows, time, heads, config.headWidth]);
  /** [rows, time, heads, headWidth] → [rows, heads, time, headWidth], normalised and turned by position. */
  const position = (part: string, flat: Tensor, heads: number): Tensor => {
    let head = toHeads(flat, heads);
    if (config.queryKeyNormalization !== 'none')
      head = rmsNormalization(head, parameters.get(name(`${part}_norm.weight`)), config.normalizationEpsilon);
    if (config.queryKeyScale !== 1) head = mul(head, config.queryKeyScale);
    const transposed = transpose(head, [0, 2, 1, 3]);
    return options.rotation === undefined ? transposed : options.rotation(transposed);
  };
  const query = position('q', queries, config.heads);
  const key = position('k', keys, config.keyValueHeads);
  let values = toHeads(plainValues, config.keyValueHeads);
  if (hasValueEmbedding(config, layer)) {
    const { gates, vectors } = valueEmbedding(parameters, layerName(layer, 'self_attn'), options.tokens, x);
    const perHead = (part: Tensor, size: number): Tensor =>
      reshapeHeads(part, [rows, time, config.keyValueHeads, size]);
    values = add(values, mul(perHead(gates, 1), perHead(vectors, config.headWidth)));
  }
  return [query, key, transpose(values, [0, 2, 1, 3])];
}

/** [rows, heads, time, headWidth] → [...leading, width], where the leading axes are those of the residual stream. */
function attentionOutput(
  config: ModelConfig,
  parameters: Parameters,
  layer: number,
  mixed: Tensor,
  leading: readonly Dimension[],
): Tensor {
  const joined = reshapeHeads(transpose(mixed, [0, 2, 1, 3]), [...leading, config.heads * config.headWidth]);
  return linear(parameters, layerName(layer, 'self_attn.o_proj'), joined);
}

/** Reshape whose only unknowns are the leading axes; with two of them their sizes are copied at run time. */
function reshapeHeads(x: Tensor, shape: readonly Dimension[]): Tensor {
  if (shape.filter((dimension) => typeof dimension === 'string').length < 2) return reshape(x, shape);
  const written = BigInt64Array.from(shape, (dimension) =>
    typeof dimension === 'string' ? 0n : BigInt(dimension),
  );
  return x.graph.node(
    'Reshape',
    [x, x.graph.constant(written)],
    {},
    { outputs: [{ type: x.type, shape }] },
  )[0]!;
}

/** The scale of the scores: 1 / √headWidth. */
export function attentionScale(config: ModelConfig): number {
  return 1 / Math.sqrt(config.headWidth);
}

/** The matrix [vocabularySize, width] that gives logits. */
export function headWeightName({ tiedHead }: ModelConfig): string {
  return tiedHead ? embeddingName : headName;
}

/** [..., width] → logits [..., vocabularySize] */
export function languageModelHead(config: ModelConfig, parameters: Parameters, x: Tensor): Tensor {
  return softcap(config, multiply(parameters, headWeightName(config), x));
}

/** cap · tanh(logits / cap); without a cap, the logits. */
export function softcap({ logitSoftcap: cap }: ModelConfig, logits: Tensor): Tensor {
  return cap === undefined ? logits : mul(tanh(mul(logits, 1 / cap)), cap);
}
