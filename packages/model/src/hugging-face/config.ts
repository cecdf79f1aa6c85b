/**
 * ModelConfig ⇄ the config.json of Hugging Face. A configuration that a known family computes exactly is
 * written as that family, so that other programs open it; anything else gets a `model_type` of its own. Our
 * whole configuration is written beside it under `llm_model_config` and wins when it is read back.
 */
import { type JsonValue, LlmError } from '@llm/core';
import { checkModelConfig } from '../config/check-model-config.js';
import { createModelConfig, laterDefaults } from '../config/create-model-config.js';
import type { ModelConfig } from '../config/model-config.js';
import { ConfigReader, quote } from './config-reader.js';
import { writeDecoder } from './decoder-keys.js';
import type { Family } from './family.js';
import { gemma2, gemma3 } from './gemma.js';
import { gpt2 } from './gpt2.js';
import { llama, mistral, smolLm3 } from './llama.js';
import { nanochat } from './nanochat.js';
import { olmo2 } from './olmo2.js';
import { phi3 } from './phi3.js';
import { qwen2, qwen3 } from './qwen.js';
import { type SpecialTokenIds, specialTokenKeys } from './special-tokens.js';

const families: readonly Family[] = [
  qwen3,
  llama,
  gpt2,
  nanochat,
  qwen2,
  mistral,
  phi3,
  smolLm3,
  olmo2,
  gemma3,
  gemma2,
];

const knownTypes = families.map(({ type }) => type).join(', ');

/** The family that runs this configuration unchanged, or undefined; of several the one it names. */
export function familyOf(config: ModelConfig): Family | undefined {
  if (config.scalarHead === true) return undefined;
  const matching = families.filter((family) => family.matches(config));
  return matching.find(({ type }) => type === config.family) ?? matching[0];
}

/** Parts of the newest nanochat that no family of Hugging Face has. */
const ownSwitches = ['valueEmbeddings', 'smear', 'residualScalars', 'backout'] as const;

/** The same, or `model/export-unsupported` with what to do. */
export function requireFamily(config: ModelConfig): Family {
  const family = familyOf(config);
  if (family !== undefined) return family;
  const on = [...ownSwitches, 'scalarHead' as const].filter((name) => config[name]);
  const advice =
    on.length > 0
      ? `(${on.join(', ')} ${on.length > 1 ? 'are' : 'is'} on, which none has). Save it as a checkpoint, or train without.`
      : `(${knownTypes} are known). Save it as a checkpoint, or train with the defaults of createModelConfig.`;
  throw new LlmError({
    code: 'model/export-unsupported',
    message: `No model family of Hugging Face computes this configuration ${advice}`,
  });
}

/** vLLM takes a `llm_config`, which earlier versions wrote, for a text model inside another (InternVL). */
const ownKey = 'llm_model_config';
const formerKey = 'llm_config';

export function toHuggingFaceConfig(
  config: ModelConfig,
  tokens: SpecialTokenIds = {},
): Record<string, JsonValue> {
  const family = familyOf(config);
  return {
    architectures: [family?.architecture ?? 'LlmTransformer'],
    model_type: family?.type ?? 'llm_transformer',
    ...(family ? family.write(config) : writeDecoder(config)),
    use_cache: true,
    torch_dtype: 'float32',
    ...specialTokenKeys(tokens),
    [ownKey]: ownConfig(config),
  };
}

function ownConfig(config: ModelConfig): Record<string, JsonValue> {
  const { logitSoftcap, rotaryScaling, ...rest } = config;
  const isLater = (field: string, value: unknown): boolean =>
    field in laterDefaults &&
    JSON.stringify(value) === JSON.stringify(laterDefaults[field as keyof typeof laterDefaults]);
  const said = Object.entries(rest).filter(([field, value]) => !isLater(field, value));
  return {
    version: 1,
    ...(Object.fromEntries(said) as Record<string, JsonValue>),
    logitSoftcap: logitSoftcap ?? null,
    rotaryScaling: rotaryScaling ? ({ ...rotaryScaling } as unknown as JsonValue) : null,
  };
}

const floatKeys =
  /("(?:\w+_logit_softcapping|rope_theta|rope_local_base_freq|\w*factor|beta_fast|beta_slow|attention_dropout)": -?\d+)(?=[,\n])/g;

/** The text of a config.json, with `15.0` where transformers insists on floats; `extra` keys come last. */
export function configText(
  config: ModelConfig,
  tokens: SpecialTokenIds = {},
  extra: Readonly<Record<string, JsonValue>> = {},
): string {
  return `${JSON.stringify({ ...toHuggingFaceConfig(config, tokens), ...extra }, null, 2).replace(floatKeys, '$1.0')}\n`;
}

/** Reads a config.json, `file` in errors. Throws `model/config-unreadable` or `model/config-invalid`. */
export function fromHuggingFaceConfig(text: string, file: string): ModelConfig {
  const json = parseConfig(text, file);
  const key = [ownKey, formerKey].find((name) => json.json[name] !== undefined);
  const ours = key === undefined ? undefined : json.object(key);
  if (ours) {
    const { version, ...rest } = ours.json;
    if (version !== 1) ours.fail(`its version is ${String(version)}, this package reads version 1`);
    const config = {
      // What older checkpoints do not say.
      ...Object.fromEntries(ownSwitches.map((name) => [name, false])),
      queryKeyScale: 1,
      ...laterDefaults,
      ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, value ?? undefined])),
    } as unknown as ModelConfig;
    const unknown = Object.keys(rest).find((name) => !fields.has(name));
    if (unknown !== undefined) ours.fail(`it has the field "${unknown}", which this version does not know`);
    checkModelConfig(config);
    checkAgreement(json, config, key!);
    return config;
  }
  const family = readFamily(json);
  json.require({ is_encoder_decoder: false, quantization_config: null, pruned_heads: null });
  const config = family.read(json);
  return familyOf(config) === family ? config : { ...config, family: family.type };
}

const fields = new Set(Object.keys(createModelConfig({ vocabularySize: 1, contextLength: 1 })));

/** What was changed by hand beside our own key would be passed over. */
function checkAgreement(json: ConfigReader, config: ModelConfig, key: string): void {
  const family = familyOf(config);
  if (family === undefined || json.json.model_type !== family.type) return;
  const written = family.write(config);
  compare(json, key, { ...written, rope_scaling: written.rope_scaling ?? { rope_type: 'default' } });
}

function compare(reader: ConfigReader, ownName: string, expected: Readonly<Record<string, JsonValue>>): void {
  for (const [key, value] of Object.entries(expected)) {
    const found = reader.json[key] ?? null;
    if (found === null) continue;
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      compare(reader.object(key), ownName, value as Readonly<Record<string, JsonValue>>);
    else if (JSON.stringify(found) !== JSON.stringify(value))
      reader.fail(
        `"${key}" is ${quote(found)}, but its ${ownName} says ${quote(value)}. Change both, or delete ${ownName}`,
      );
  }
}

/** The config.json as an object, or `model/config-unreadable`. */
export function parseConfig(text: string, file: string): ConfigReader {
  const reader = new ConfigReader({}, file);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    reader.fail('it is not JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    reader.fail('it is not a JSON object');
  return new ConfigReader(json as Readonly<Record<string, JsonValue>>, file);
}

/** The family a config.json names. */
export function readFamily(json: ConfigReader): Family {
  const type = json.json.model_type;
  const family = families.find((candidate) => candidate.type === type);
  return family ?? json.fail(`its model_type ${quote(type)} is not supported (${knownTypes} are)`);
}
