/** Refuses a configuration that is no model: it may come from a file. */
import { LlmError } from '@llm/core';
import { mostDifferentLayers } from './layer-patterns.js';
import { type ModelConfig, type RotaryScaling, smearGateWidth, valueGateWidth } from './model-config.js';

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
  feedForward: ['swiglu', 'gegluTanh', 'reluSquared', 'gelu', 'geluTanh'],
  normalization: ['rms', 'rmsPlain', 'layer'],
  normalizationOffset: [0, 1],
  normPlacement: ['before', 'after', 'both'],
  queryKeyNormalization: ['none', 'rms', 'rmsPlain', 'rmsWide'],
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
  if (config.family !== undefined && typeof config.family !== 'string') fail('family', 'a model_type');
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
  if (!isPositive(config.embeddingScale)) fail('embeddingScale', 'positive');
  for (const field of ['logitSoftcap', 'attentionLogitSoftcap', 'attentionScale', 'localRotaryBase'] as const)
    if (config[field] !== undefined && !isPositive(config[field]))
      fail(field, 'positive, or undefined for none');
  if (!['boolean', 'undefined'].includes(typeof config.scalarHead)) fail('scalarHead', 'true or false');
  checkScaling(config, fail, isPositive);
  checkLayers(config, fail);
  if (config.smear && config.width < smearGateWidth) fail('width', `at least ${smearGateWidth} for smear`);
  if (config.valueEmbeddings && config.width < valueGateWidth)
    fail('width', `at least ${valueGateWidth} for value embeddings`);
}

type Fail = (field: keyof ModelConfig, must: string) => never;

function checkScaling({ rotaryScaling }: ModelConfig, fail: Fail, isPositive: (value: unknown) => boolean) {
  if (rotaryScaling === undefined) return;
  // First its type: what a file says there may be a text, and its rest a key for each letter.
  const type: unknown = rotaryScaling?.type;
  if (typeof type !== 'string' || !scalingFields.has(type))
    fail('rotaryScaling', `of type ${[...scalingFields.keys()].join(', ')}`);
  const { type: _, truncate, ...positive } = rotaryScaling as RotaryScaling & { readonly truncate?: unknown };
  const names = Object.keys(positive);
  const expected = scalingFields.get(type)!;
  if (
    names.length !== expected.length ||
    !expected.every((name) => isPositive((positive as Readonly<Record<string, unknown>>)[name])) ||
    typeof truncate !== (type === 'yarn' ? 'boolean' : 'undefined')
  )
    fail('rotaryScaling', `of type ${type} with positive ${expected.join(', ')}`);
  if (
    rotaryScaling.type === 'llama3' &&
    rotaryScaling.lowFrequencyFactor >= rotaryScaling.highFrequencyFactor
  )
    fail('rotaryScaling', 'of type llama3 with lowFrequencyFactor below highFrequencyFactor');
}

/** The positive numbers of each type of scaling. */
const scalingFields: ReadonlyMap<string, readonly string[]> = new Map([
  ['llama3', ['factor', 'lowFrequencyFactor', 'highFrequencyFactor', 'originalContextLength']],
  ['linear', ['factor']],
  ['yarn', ['factor', 'originalContextLength', 'betaFast', 'betaSlow', 'attentionFactor']],
]);

function checkLayers(config: ModelConfig, fail: Fail): void {
  const { attentionWindow: window, rotaryWidth, headWidth, depth } = config;
  for (const field of ['windowedLayers', 'rotatedLayers'] as const) {
    const pattern: unknown = config[field];
    const isPattern =
      Array.isArray(pattern) && pattern.length > 0 && pattern.every((entry) => typeof entry === 'boolean');
    if (!isPattern) fail(field, 'a list of true and false, repeated over the layers');
  }
  if (window !== undefined && (!Number.isSafeInteger(window) || window < 1 || window > 2 ** 31 - 1))
    fail('attentionWindow', 'a positive integer, or undefined for none');
  if (window === undefined && !config.windowedLayers.every((entry) => entry))
    fail('windowedLayers', '[true] where there is no attentionWindow');
  if (config.positions === 'learned' && !config.rotatedLayers.every((entry) => entry))
    fail('rotatedLayers', '[true] where positions are learned');
  if (config.normalizationOffset !== 0 && config.normalization !== 'rms')
    fail('normalizationOffset', '0 where the normalization is not rms');
  if (window === undefined && config.localRotaryBase !== undefined)
    fail('localRotaryBase', 'undefined where there is no attentionWindow');
  if (rotaryWidth !== undefined && !(rotaryWidth > 0 && rotaryWidth <= headWidth && rotaryWidth % 2 === 0))
    fail('rotaryWidth', `even and at most the headWidth ${headWidth}`);
  if ((window !== undefined || config.rotatedLayers.includes(false)) && depth > mostDifferentLayers)
    fail('depth', `at most ${mostDifferentLayers} where layers differ`);
}

/** The value may come from a file. */
function describe(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
