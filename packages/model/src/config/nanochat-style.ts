import type { ModelConfig } from './model-config.js';

/**
 * nanochat at commit 92d63d4 (July 2026), to spread into `createModelConfig`; its sliding windows are left
 * out, and its heads are 128 wide (`headWidth`) where the dial gives 64.
 */
export const nanochatStyle = {
  feedForward: 'reluSquared',
  normalization: 'rmsPlain',
  // What torch's rms_norm adds when it is given nothing: the distance from one to the next float32.
  normalizationEpsilon: 2 ** -23,
  queryKeyNormalization: 'rmsPlain',
  queryKeyScale: 1.2,
  rotaryBase: 100_000,
  embeddingNormalization: true,
  logitSoftcap: 15,
  valueEmbeddings: true,
  smear: true,
  residualScalars: true,
  backout: true,
} as const satisfies Partial<ModelConfig>;
