/**
 * `rope_freqs.weight`, [headWidth / 2]: by what llama.cpp divides each frequency. The file holds the factors
 * of Llama 3's scaling and not what they were computed from, which is found again: the factors between 1 and
 * the largest lie on a line of the frequency, and scaling the window and both bounds alike changes nothing.
 */
import type { NamedTensor } from '@llm/core';
import { rotaryFrequencies } from '../../attention/rotary-frequencies.js';
import type { Llama3RotaryScaling, ModelConfig } from '../../config/model-config.js';

export function rotaryFactors(config: ModelConfig): NamedTensor {
  const plain = rotaryFrequencies({ ...config, rotaryScaling: undefined });
  const factors = rotaryFrequencies(config).map((frequency, i) => plain[i]! / frequency);
  return { shape: [factors.length], data: Float32Array.from(factors) };
}

/** Of a factor; they are stored as float32. */
const tolerance = 1e-5;

/**
 * The scaling that has these factors, undefined when they are all 1, or `none` when Llama 3's has none such.
 * `config` has no scaling yet.
 */
export function scalingOfFactors(
  config: ModelConfig,
  factors: Float32Array,
): Llama3RotaryScaling | undefined | 'none' {
  if (factors.every((factor) => factor === 1)) return undefined;
  const isRight = (rotaryScaling: Llama3RotaryScaling): boolean => {
    const { data } = rotaryFactors({ ...config, rotaryScaling });
    return (
      data.length === factors.length &&
      factors.every((factor, i) => Math.abs(factor - data[i]!) <= tolerance * factor)
    );
  };
  const factor = factors.reduce((a, b) => Math.max(a, b), 0);
  const usual = { type: 'llama3', factor, lowFrequencyFactor: 1, highFrequencyFactor: 4 } as const;
  // Llama 3 was trained on 8192 tokens; other models on other powers of two.
  const windows = [8192, ...Array.from({ length: 20 }, (_, i) => 2 ** (i + 2))];
  for (const originalContextLength of windows) {
    const scaling = { ...usual, originalContextLength };
    if (isRight(scaling)) return scaling;
  }
  const fitted = fit(config, factors, factor);
  return fitted !== undefined && isRight(fitted) ? fitted : 'none';
}

/** smooth = (window · frequency / 2π − low) / (high − low), through the first and last factor in between. */
function fit(config: ModelConfig, factors: Float32Array, factor: number): Llama3RotaryScaling | undefined {
  const between = rotaryFrequencies(config).flatMap((frequency, i) => {
    const smooth = (1 / factors[i]! - 1 / factor) / (1 - 1 / factor);
    return smooth > 1e-4 && smooth < 1 - 1e-4 ? [{ frequency, smooth }] : [];
  });
  const [first, last] = [between[0], between.at(-1)];
  if (first === undefined || last === undefined || first === last) return undefined;
  const slope = (first.smooth - last.smooth) / (first.frequency - last.frequency);
  const low = slope * first.frequency - first.smooth;
  return {
    type: 'llama3',
    factor,
    lowFrequencyFactor: 1,
    highFrequencyFactor: 1 + 1 / low,
    originalContextLength: (slope / low) * 2 * Math.PI,
  };
}
