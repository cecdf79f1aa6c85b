/**
 * Rotary positions in config.json: `rope_parameters` of transformers 5, or `rope_theta` and `rope_scaling` of
 * everything before it. Where both are there they must agree: which one counts depends on the version.
 */
import type { JsonValue } from '@llm/core';
import { yarnAttentionFactor } from '../attention/rotary-frequencies.js';
import type { ModelConfig, RotaryScaling, YarnRotaryScaling } from '../config/model-config.js';
import type { ConfigReader } from './config-reader.js';

export type RotaryType = 'default' | RotaryScaling['type'];

/** How a family reads them. */
export interface RotaryDefaults {
  /** Default 10,000. */
  readonly rotaryBase?: number | undefined;
  /** Types of scaling it has. Default: all. */
  readonly rotaryTypes?: readonly [RotaryType, ...RotaryType[]] | undefined;
  /** Whether it may turn a part of a head only. Default false. */
  readonly partialRotary?: boolean | undefined;
}

const allTypes: readonly [RotaryType, ...RotaryType[]] = ['default', 'linear', 'llama3', 'yarn'];

export type RotaryFields = Pick<ModelConfig, 'rotaryBase' | 'rotaryScaling' | 'rotaryWidth'>;

export function readRotary(json: ConfigReader, headWidth: number, defaults: RotaryDefaults): RotaryFields {
  const sources = ['rope_parameters', 'rope_scaling'].filter((key) => json.json[key] != null);
  const read = sources.map((key) => readRope(json, json.object(key), headWidth, defaults));
  return agreed(json, read) ?? readRope(json, json.object('rope_scaling'), headWidth, defaults);
}

/** The first of what several places say; undefined for none. */
export function agreed(json: ConfigReader, read: readonly RotaryFields[]): RotaryFields | undefined {
  if (read.some((fields) => JSON.stringify(fields) !== JSON.stringify(read[0])))
    json.fail('"rope_parameters" and "rope_scaling" say different things');
  return read[0];
}

/** Of one dictionary; what it leaves out the keys beside it say, the base under `baseKey`. */
export function readRope(
  json: ConfigReader,
  rope: ConfigReader,
  headWidth: number,
  { rotaryBase: base = 10_000, rotaryTypes: types = allTypes, partialRotary = false }: RotaryDefaults,
  baseKey = 'rope_theta',
): RotaryFields {
  if (rope.json.rope_theta != null) json.require({ [baseKey]: rope.number('rope_theta') });
  const rotaryBase = rope.number('rope_theta', json.number(baseKey, base));
  const type = rope.oneOf(rope.json.rope_type == null ? 'type' : 'rope_type', types);
  if (!partialRotary) for (const reader of [json, rope]) reader.require({ partial_rotary_factor: 1 });
  const part = rope.number('partial_rotary_factor', json.number('partial_rotary_factor', 1));
  const width = Math.floor(headWidth * part);
  return {
    rotaryBase,
    rotaryScaling: readScaling(json, rope, type),
    rotaryWidth: width === headWidth ? undefined : width,
  };
}

function readScaling(json: ConfigReader, rope: ConfigReader, type: RotaryType): RotaryScaling | undefined {
  if (type !== 'yarn') rope.require(type === 'default' ? { factor: 1 } : { attention_factor: 1 });
  switch (type) {
    case 'default':
      return undefined;
    case 'linear':
      return { type, factor: rope.number('factor') };
    case 'llama3':
      return {
        type,
        factor: rope.number('factor'),
        lowFrequencyFactor: rope.number('low_freq_factor'),
        highFrequencyFactor: rope.number('high_freq_factor'),
        originalContextLength: rope.number('original_max_position_embeddings'),
      };
    case 'yarn':
      return readYarn(json, rope);
  }
}

function readYarn(json: ConfigReader, rope: ConfigReader): YarnRotaryScaling {
  const factor = rope.number('factor');
  const length = 'original_max_position_embeddings';
  const originalContextLength = rope.number(length, json.number('max_position_embeddings'));
  // transformers takes it from here where it is.
  json.require({ [length]: originalContextLength });
  // As there: zero is as good as nothing, and one scale without the other counts for nothing.
  const [scale, allScale] = [rope.number('mscale', 0), rope.number('mscale_all_dim', 0)];
  const inferred =
    scale !== 0 && allScale !== 0
      ? yarnAttentionFactor(factor, scale) / yarnAttentionFactor(factor, allScale)
      : yarnAttentionFactor(factor);
  return {
    type: 'yarn',
    factor,
    originalContextLength,
    betaFast: rope.number('beta_fast', 32) || 32,
    betaSlow: rope.number('beta_slow', 1) || 1,
    truncate: rope.boolean('truncate', true),
    attentionFactor: rope.number('attention_factor', inferred),
  };
}

/** The three keys. */
export function writeRotary(config: ModelConfig): Record<string, JsonValue> {
  const rope = ropeOf(config.rotaryScaling);
  return {
    rope_theta: config.rotaryBase,
    rope_parameters: { ...rope, rope_theta: config.rotaryBase },
    rope_scaling: config.rotaryScaling ? rope : null,
  };
}

/** A dictionary without the base. */
export function ropeOf(scaling: RotaryScaling | undefined): Record<string, JsonValue> {
  switch (scaling?.type) {
    case undefined:
      return { rope_type: 'default' };
    case 'linear':
      return { rope_type: 'linear', factor: scaling.factor };
    case 'llama3':
      return {
        rope_type: 'llama3',
        factor: scaling.factor,
        low_freq_factor: scaling.lowFrequencyFactor,
        high_freq_factor: scaling.highFrequencyFactor,
        original_max_position_embeddings: scaling.originalContextLength,
      };
    case 'yarn':
      return {
        rope_type: 'yarn',
        factor: scaling.factor,
        original_max_position_embeddings: scaling.originalContextLength,
        beta_fast: scaling.betaFast,
        beta_slow: scaling.betaSlow,
        truncate: scaling.truncate,
        attention_factor: scaling.attentionFactor,
      };
  }
}
