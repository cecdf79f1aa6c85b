/**
 * A single dial, `depth`, turned into a whole model (after nanochat: heads = depth, width = 64 · depth);
 * everything can be overridden. The defaults are exactly the Qwen3 architecture, so a trained model opens in
 * Hugging Face transformers, vLLM, llama.cpp and transformers.js without conversion.
 */
import { checkModelConfig } from './check-model-config.js';
import { shortestPattern } from './layer-patterns.js';
import type { ModelConfig } from './model-config.js';

export type ModelConfigOptions = Pick<ModelConfig, 'vocabularySize' | 'contextLength'> & {
  readonly [Field in keyof ModelConfig]?: ModelConfig[Field] | undefined;
};

const headWidthOfDial = 64;

/**
 * Fields that came after the first checkpoints were written, and what those mean: absent in a file they are
 * these, and one that is as here is not written.
 */
export const laterDefaults = {
  family: undefined,
  normalizationOffset: 0,
  normPlacement: 'before',
  attentionScale: undefined,
  attentionLogitSoftcap: undefined,
  attentionWindow: undefined,
  windowedLayers: [true],
  localRotaryBase: undefined,
  rotaryWidth: undefined,
  rotatedLayers: [true],
  embeddingScale: 1,
  scalarHead: undefined,
} as const satisfies Partial<ModelConfig>;

/** Whether the hidden layer is a product of two: with a gate beside `up`. */
export function isGated({ feedForward }: Pick<ModelConfig, 'feedForward'>): boolean {
  return feedForward === 'swiglu' || feedForward === 'gegluTanh';
}

/** Fills in everything that was not given from `depth` (default 4). Throws `model/config-invalid`. */
export function createModelConfig(options: ModelConfigOptions): ModelConfig {
  const depth = options.depth ?? 4;
  const width = options.width ?? headWidthOfDial * depth;
  const headWidth =
    options.headWidth ?? (options.heads ? width / options.heads : Math.min(headWidthOfDial, width));
  const heads = options.heads ?? Math.max(1, Math.floor(width / headWidth));
  const feedForward = options.feedForward ?? 'swiglu';
  const config: ModelConfig = {
    family: options.family,
    vocabularySize: options.vocabularySize,
    contextLength: options.contextLength,
    depth,
    width,
    heads,
    keyValueHeads: options.keyValueHeads ?? heads,
    headWidth,
    // Two matrices of 4 · width, or three of 8/3 · width: the same number of parameters.
    feedForwardWidth:
      options.feedForwardWidth ?? (isGated({ feedForward }) ? Math.ceil(width / 24) * 64 : 4 * width),
    feedForward,
    normalization: options.normalization ?? 'rms',
    normalizationEpsilon: options.normalizationEpsilon ?? 1e-6,
    normalizationOffset: options.normalizationOffset ?? laterDefaults.normalizationOffset,
    normPlacement: options.normPlacement ?? laterDefaults.normPlacement,
    queryKeyNormalization: options.queryKeyNormalization ?? 'rms',
    queryKeyScale: options.queryKeyScale ?? 1,
    attentionScale: options.attentionScale,
    attentionLogitSoftcap: options.attentionLogitSoftcap,
    attentionWindow: options.attentionWindow,
    windowedLayers: shortestPattern(options.windowedLayers ?? laterDefaults.windowedLayers),
    positions: options.positions ?? 'rotary',
    rotaryBase: options.rotaryBase ?? 10_000,
    rotaryScaling: options.rotaryScaling,
    localRotaryBase: options.localRotaryBase,
    rotaryWidth: options.rotaryWidth,
    rotatedLayers: shortestPattern(options.rotatedLayers ?? laterDefaults.rotatedLayers),
    embeddingScale: options.embeddingScale ?? laterDefaults.embeddingScale,
    embeddingNormalization: options.embeddingNormalization ?? false,
    attentionBias: options.attentionBias ?? false,
    attentionOutputBias: options.attentionOutputBias ?? options.attentionBias ?? false,
    feedForwardBias: options.feedForwardBias ?? false,
    tiedHead: options.tiedHead ?? false,
    logitSoftcap: options.logitSoftcap,
    valueEmbeddings: options.valueEmbeddings ?? false,
    smear: options.smear ?? false,
    residualScalars: options.residualScalars ?? false,
    backout: options.backout ?? false,
    scalarHead: options.scalarHead,
  };
  checkModelConfig(config);
  return config;
}
