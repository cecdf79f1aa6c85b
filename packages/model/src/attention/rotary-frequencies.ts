/** How fast each pair of a head's elements turns, and how that is stretched for longer windows. */
import type { Llama3RotaryScaling, ModelConfig, YarnRotaryScaling } from '../config/model-config.js';

/** Angle per position of each pair of elements, [width / 2] for the width that turns. */
export function rotaryFrequencies({
  headWidth,
  rotaryWidth: width = headWidth,
  rotaryBase,
  rotaryScaling: scaling,
}: Pick<ModelConfig, 'headWidth' | 'rotaryWidth' | 'rotaryBase' | 'rotaryScaling'>): number[] {
  const frequencies = Array.from({ length: width / 2 }, (_, i) => rotaryBase ** ((-2 * i) / width));
  switch (scaling?.type) {
    case undefined:
      return frequencies;
    case 'linear':
      return frequencies.map((frequency) => frequency / scaling.factor);
    case 'llama3':
      return frequencies.map((frequency) => llama3(frequency, scaling));
    case 'yarn':
      return yarn(frequencies, width, rotaryBase, scaling);
  }
}

function llama3(
  frequency: number,
  { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContextLength }: Llama3RotaryScaling,
): number {
  const turns = (originalContextLength * frequency) / (2 * Math.PI);
  if (turns < low) return frequency / factor;
  if (turns > high) return frequency;
  const smooth = (turns - low) / (high - low);
  return ((1 - smooth) * frequency) / factor + smooth * frequency;
}

function yarn(
  frequencies: readonly number[],
  width: number,
  base: number,
  { factor, originalContextLength, betaFast, betaSlow, truncate }: YarnRotaryScaling,
): number[] {
  /** The pair, as a fraction, that turns so often within the original window. */
  const pairOf = (turns: number): number =>
    (width * Math.log(originalContextLength / (2 * Math.PI * turns))) / (2 * Math.log(base));
  const [first, last] = [pairOf(betaFast), pairOf(betaSlow)];
  const low = Math.max(0, truncate ? Math.floor(first) : first);
  // The reference's limit, though there are only width / 2 pairs.
  const high = Math.min(width - 1, truncate ? Math.ceil(last) : last);
  const length = high === low ? 0.001 : high - low;
  return frequencies.map((frequency, pair) => {
    const slowed = Math.min(1, Math.max(0, (pair - low) / length));
    return (frequency / factor) * slowed + frequency * (1 - slowed);
  });
}

/** What the paper multiplies cosines and sines by, and DeepSeek's scale of its logarithm. */
export function yarnAttentionFactor(factor: number, logarithmScale = 1): number {
  return factor <= 1 ? 1 : 0.1 * logarithmScale * Math.log(factor) + 1;
}
