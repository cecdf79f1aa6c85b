/** Refuses a configuration that is no model: it may come from a file. */
import { LlmError } from '@llm/core';
import { type ModelConfig, smearGateWidth, valueGateWidth } from './model-config.js';

const sizes = [
  'vocabularySize',
  'contextLength',
  'depth',
  'width',
  'heads',
  'keyValueHeads',
  'headWidth',
  'feedForwardWidth',
] as const;

const choices: { readonly [Field in keyof ModelConfig]?: readonly ModelConfig[Field][] } = {
  feedForward: ['swiglu', 'reluSquared', 'gelu', 'geluTanh'],
  normalization: ['rms', 'rmsPlain', 'layer'],
  queryKeyNormalization: ['none', 'rms', 'rmsPlain'],
  positions: ['rotary', 'learned'],
};

const switches = [
  'embeddingNormalization',
  'attentionBias',
  'attentionOutputBias',
  'feedForwardBias',
  'tiedHead',
  'valueEmbeddings',
  'smear',
  'residualScalars',
  'backout',
] as const;

/** Throws `model/config-invalid` naming the field, its value and what it must be. */
export function checkModelConfig(config: ModelConfig): void {
  const fail = (field: keyof ModelConfig, must: string): never => {
    throw new LlmError({
      code: 'model/config-invalid',
      message: `The model's ${field} is ${describe(config[field])}; it must be ${must}.`,
      details: { field, value: describe(config[field]) },
    });
  };
  for (const field of sizes) {
    const value = config[field];
    if (!Number.isSafeInteger(value) || value < 1 || value > 2 ** 31 - 1) fail(field, 'a positive integer');
  }
  for (const [field, allowed] of Object.entries(choices) as [keyof ModelConfig, readonly unknown[]][])
    if (!allowed.includes(config[field])) fail(field, `one of ${allowed.join(', ')}`);
  for (const field of switches) if (typeof config[field] !== 'boolean') fail(field, 'true or false');
  const isPositive = (value: unknown): boolean => Number.isFinite(value) && (value as number) > 0;
  if (config.heads % config.keyValueHeads !== 0)
    fail('keyValueHeads', `a divisor of the ${config.heads} heads`);
  if (config.positions === 'rotary' && config.headWidth % 2 !== 0)
    fail('headWidth', 'even for rotary positions');
  if (!isPositive(config.normalizationEpsilon)) fail('normalizationEpsilon', 'positive');
  if (!isPositive(config.rotaryBase)) fail('rotaryBase', 'positive');
  if (!isPositive(config.queryKeyScale)) fail('queryKeyScale', 'positive');
  const { rotaryScaling: scaling } = config;
  if (scaling !== undefined) {
    const {
      type,
      factor,
      lowFrequencyFactor: low,
      highFrequencyFactor: high,
      originalContextLength,
    } = scaling;
    if (type !== 'llama3' || ![factor, low, high, originalContextLength].every(isPositive) || low >= high)
      fail(
        'rotaryScaling',
        'of type llama3 with positive numbers, lowFrequencyFactor below highFrequencyFactor',
      );
  }
  if (config.logitSoftcap !== undefined && !isPositive(config.logitSoftcap))
    fail('logitSoftcap', 'positive, or undefined for none');
  if (config.smear && config.width < smearGateWidth) fail('width', `at least ${smearGateWidth} for smear`);
  if (config.valueEmbeddings && config.width < valueGateWidth)
    fail('width', `at least ${valueGateWidth} for value embeddings`);
}

/** The value may come from a file. */
function describe(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
