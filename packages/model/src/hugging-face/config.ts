/**
 * ModelConfig ⇄ the config.json of Hugging Face. A configuration that a known family computes exactly is
 * written as that family, so that other programs open it; anything else gets a `model_type` of its own. Our
 * whole configuration is written beside it under `llm_model_config` and wins when it is read back.
 */
import { type JsonValue, LlmError } from '@llm/core';
import { checkModelConfig } from '../config/check-model-config.js';
import { createModelConfig } from '../config/create-model-config.js';
import type { ModelConfig } from '../config/model-config.js';
import { ConfigReader } from './config-reader.js';
import type { Family } from './family.js';
import { gpt2 } from './gpt2.js';
import { llama, qwen3, writeDecoder } from './llama-qwen3.js';
import { nanochat } from './nanochat.js';
import { type SpecialTokenIds, specialTokenKeys } from './special-tokens.js';

const families: readonly Family[] = [qwen3, llama, gpt2, nanochat];

/** The family that runs this configuration unchanged, or undefined. */
export function familyOf(config: ModelConfig): Family | undefined {
  if (ownSwitches.some((name) => config[name])) return undefined;
  return families.find((family) => family.matches(config));
}

/** Parts of the newest nanochat that no family of Hugging Face has. */
const ownSwitches = ['valueEmbeddings', 'smear', 'residualScalars', 'backout'] as const;

/** The same, or `model/export-unsupported` with what to do. */
export function requireFamily(config: ModelConfig): Family {
  const family = familyOf(config);
  if (family !== undefined) return family;
  const on = ownSwitches.filter((name) => config[name]);
  const advice =
    on.length > 0
      ? `(${on.join(', ')} ${on.length > 1 ? 'are' : 'is'} on, which none has). Save it as a checkpoint, or train without.`
      : '(Qwen3, Llama, GPT-2 and nanochat are known). Save it as a checkpoint, or train with the defaults of createModelConfig.';
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
  const { logitSoftcap, rotaryScaling, ...rest } = config;
  return {
    architectures: [family?.architecture ?? 'LlmTransformer'],
    model_type: family?.type ?? 'llm_transformer',
    ...(family ? family.write(config) : writeDecoder(config)),
    use_cache: true,
    torch_dtype: 'float32',
    ...specialTokenKeys(tokens),
    [ownKey]: {
      version: 1,
      ...rest,
      logitSoftcap: logitSoftcap ?? null,
      rotaryScaling: rotaryScaling ? { ...rotaryScaling } : null,
    },
  };
}

const floatKeys =
  /("(?:final_logit_softcapping|rope_theta|factor|low_freq_factor|high_freq_factor|attention_dropout)": -?\d+)(?=[,\n])/g;

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
      ...Object.fromEntries(ownSwitches.map((name) => [name, false])),
      // Older checkpoints do not say it.
      queryKeyScale: 1,
      ...rest,
      logitSoftcap: rest.logitSoftcap ?? undefined,
      rotaryScaling: rest.rotaryScaling ?? undefined,
    } as unknown as ModelConfig;
    const unknown = Object.keys(rest).find((name) => !fields.has(name));
    if (unknown !== undefined) ours.fail(`it has the field "${unknown}", which this version does not know`);
    checkModelConfig(config);
    checkAgreement(json, config, key!);
    return config;
  }
  const family = readFamily(json);
  json.require({ is_encoder_decoder: false, quantization_config: null, pruned_heads: null });
  return family.read(json);
}

const fields = new Set(Object.keys(createModelConfig({ vocabularySize: 1, contextLength: 1 })));

/** What was changed by hand beside our own key would be passed over. */
function checkAgreement(json: ConfigReader, config: ModelConfig, key: string): void {
  const family = familyOf(config);
  if (family === undefined || json.json.model_type !== family.type) return;
  const { rope_parameters: rope, rope_scaling: scaling, ...written } = family.write(config);
  const compare = (reader: ConfigReader, expected: JsonValue | undefined): void => {
    for (const [name, value] of Object.entries(expected ?? {}))
      if (reader.json[name] != null && reader.json[name] !== value)
        reader.fail(
          `"${name}" is ${JSON.stringify(reader.json[name])}, but its ${key} says ${JSON.stringify(value)}. Change both, or delete ${key}`,
        );
  };
  compare(json, written);
  if (json.json.rope_parameters != null) compare(json.object('rope_parameters'), rope);
  if (json.json.rope_scaling != null)
    compare(json.object('rope_scaling'), scaling ?? { rope_type: 'default' });
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
  const known = families.map((candidate) => candidate.type).join(', ');
  return family ?? json.fail(`its model_type ${JSON.stringify(type)} is not supported (${known} are)`);
}
