/** Which tensors a configuration has: name, shape, role and beginning of each, in checkpoint order. */
import { isGated } from '../config/create-model-config.js';
import { type ModelConfig, smearGateWidth, valueGateWidth } from '../config/model-config.js';
import {
  backoutScalarName,
  embeddingName,
  embeddingScalarsName,
  finalNormName,
  headName,
  layerNames,
  positionName,
  residualScalarsName,
  scoreName,
  smearGateName,
  smearScalarName,
} from './parameter-names.js';

/**
 * What an optimizer needs to know: matrices decay and suit Muon; tables, vectors and LoRA's factors do
 * neither. `residualScalar` and `embeddingScalar` are the factors of the stream and of the embedding at each
 * layer, `scalar` those of smear and backout.
 */
export type ParameterRole =
  | 'matrix'
  | 'embedding'
  | 'valueEmbedding'
  | 'head'
  | 'scale'
  | 'bias'
  | 'gate'
  | 'residualScalar'
  | 'embeddingScalar'
  | 'scalar'
  | 'adapter';

export interface ParameterLayout {
  /** Linear weights are [out, in]. */
  readonly shape: readonly number[];
  readonly role: ParameterRole;
  /** How it starts: normal for `embedding` and `head`, otherwise uniform in mean ± √3 · deviation. */
  readonly deviation: number;
  /** Of all elements, or of each. Default 0. */
  readonly mean?: number | readonly number[] | undefined;
}

/** By name. */
export type ParameterLayouts = ReadonlyMap<string, ParameterLayout>;

export function parameterLayout(config: ModelConfig): ParameterLayouts {
  const layout = new Map<string, ParameterLayout>();
  const { vocabularySize, depth, width, headWidth } = config;
  const keyValueWidth = config.keyValueHeads * headWidth;
  const queryWidth = config.heads * headWidth;
  const linear = (name: string, out: number, input: number, bias: boolean, deviation: number): void => {
    layout.set(`${name}.weight`, { shape: [out, input], role: 'matrix', deviation });
    if (bias) layout.set(`${name}.bias`, { shape: [out], role: 'bias', deviation: 0 });
  };
  const scale = (name: string, size: number): unknown =>
    layout.set(`${name}.weight`, {
      shape: [size],
      role: 'scale',
      deviation: 0,
      mean: 1 - config.normalizationOffset,
    });
  const norm = (name: string): void => {
    if (config.normalization !== 'rmsPlain') scale(name, width);
    if (config.normalization === 'layer')
      layout.set(`${name}.bias`, { shape: [width], role: 'bias', deviation: 0 });
  };
  // nanochat's gates start uniform in 0…0.02, a little open.
  const gate = (name: string, shape: readonly number[]): unknown =>
    layout.set(name, { shape, role: 'gate', deviation: 0.01 / Math.sqrt(3), mean: 0.01 });
  /** A number for each layer, falling from the first to the last. */
  const perLayer = (role: ParameterRole, from: number, to: number): ParameterLayout => ({
    shape: [depth],
    role,
    deviation: 0,
    mean: Array.from({ length: depth }, (_, layer) => from + ((to - from) * layer) / Math.max(1, depth - 1)),
  });

  const spread = 1 / Math.sqrt(width);
  const hasNormBefore = config.normPlacement !== 'after';
  const hasNormAfter = config.normPlacement !== 'before';
  // Projections back into the residual stream start at zero: a new model is its embedding (nanochat). Not
  // where a norm follows, whose slope at zero is 1 / √epsilon.
  const back = hasNormAfter ? spread : 0;
  layout.set(embeddingName, {
    shape: [vocabularySize, width],
    role: 'embedding',
    deviation: config.tiedHead ? 0.02 : 0.1,
  });
  if (config.positions === 'learned')
    layout.set(positionName, { shape: [config.contextLength, width], role: 'embedding', deviation: 0.02 });
  if (config.smear) {
    gate(smearGateName, [1, smearGateWidth]);
    layout.set(smearScalarName, { shape: [1], role: 'scalar', deviation: 0 });
  }
  if (config.residualScalars) {
    layout.set(residualScalarsName, perLayer('residualScalar', 1.15, 1.05));
    layout.set(embeddingScalarsName, perLayer('embeddingScalar', 0.2, 0.05));
  }
  for (let layer = 0; layer < depth; layer++) {
    const names = layerNames(layer);
    if (hasNormBefore) norm(names.attentionNorm);
    linear(names.query, queryWidth, width, config.attentionBias, spread);
    linear(names.key, keyValueWidth, width, config.attentionBias, spread);
    linear(names.value, keyValueWidth, width, config.attentionBias, spread);
    linear(names.attentionOutput, width, queryWidth, config.attentionOutputBias, back);
    if (config.queryKeyNormalization === 'rms')
      for (const name of [names.queryNorm, names.keyNorm]) scale(name, headWidth);
    if (config.queryKeyNormalization === 'rmsWide') {
      scale(names.queryNorm, queryWidth);
      scale(names.keyNorm, keyValueWidth);
    }
    if (hasValueEmbedding(config, layer)) {
      layout.set(`${names.valueEmbedding}.weight`, {
        shape: [vocabularySize, keyValueWidth],
        role: 'valueEmbedding',
        deviation: spread,
      });
      gate(`${names.valueGate}.weight`, [config.keyValueHeads, valueGateWidth]);
    }
    if (hasNormAfter) norm(names.attentionOutputNorm);
    if (hasNormBefore) norm(names.feedForwardNorm);
    if (isGated(config)) linear(names.gate, config.feedForwardWidth, width, config.feedForwardBias, spread);
    linear(names.up, config.feedForwardWidth, width, config.feedForwardBias, spread);
    linear(names.down, width, config.feedForwardWidth, config.feedForwardBias, back);
    if (hasNormAfter) norm(names.feedForwardOutputNorm);
  }
  if (config.backout) layout.set(backoutScalarName, { shape: [1], role: 'scalar', deviation: 0, mean: 0.2 });
  norm(finalNormName);
  if (!config.tiedHead)
    layout.set(headName, { shape: [vocabularySize, width], role: 'head', deviation: 0.001 });
  if (config.scalarHead === true) layout.set(scoreName, { shape: [1, width], role: 'head', deviation: 0.02 });
  return layout;
}

/** Every second layer counted from the last. */
export function hasValueEmbedding({ valueEmbeddings, depth }: ModelConfig, layer: number): boolean {
  return valueEmbeddings && (depth - 1 - layer) % 2 === 0;
}

/** Numbers in all tensors together. */
export function elementCount(layout: ParameterLayouts): number {
  let count = 0;
  for (const { shape } of layout.values()) count += shape.reduce((a, b) => a * b, 1);
  return count;
}

/** Numbers in all parameters of a configuration together. */
export function parameterCount(config: ModelConfig): number {
  return elementCount(parameterLayout(config));
}
