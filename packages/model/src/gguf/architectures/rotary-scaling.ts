/**
 * `rope.scaling.*`: linear and YaRN, which every rotary architecture of llama.cpp computes, YaRN with the
 * turns of its paper whatever the file says of them.
 */
import type { RotaryScaling } from '../../config/model-config.js';
import type { GgufWriter } from '../gguf-writer.js';
import type { MetadataReader } from '../reading/metadata-reader.js';

const [betaFast, betaSlow] = [32, 1];

/** What YaRN multiplies cosines and sines by, unless `rope.scaling.attn_factor` says more. */
const usualAttentionFactor = (factor: number): number => 0.1 * Math.log(factor) + 1;

/** Throws `model/gguf-unsupported` for another type. */
export function readRotaryScaling(keys: MetadataReader): RotaryScaling | undefined {
  // Before it had a type there was one.
  const old = keys.number('rope.scale_linear', 1);
  const type = keys.text('rope.scaling.type') ?? (old === 1 ? 'none' : 'linear');
  if (type === 'none') return undefined;
  const factor = keys.decimal('rope.scaling.factor', old);
  if (type === 'linear') return factor === 1 ? undefined : { type, factor };
  if (type !== 'yarn')
    return keys.fail(`its rope.scaling.type "${type}" is not supported (none, linear, yarn are)`);
  keys.require({
    'rope.scaling.yarn_ext_factor': 1,
    'rope.scaling.yarn_log_multiplier': 0,
    'rope.scaling.yarn_beta_fast': betaFast,
    'rope.scaling.yarn_beta_slow': betaSlow,
  });
  return {
    type,
    factor,
    originalContextLength: keys.number('rope.scaling.original_context_length', keys.number('context_length')),
    betaFast,
    betaSlow,
    truncate: true,
    attentionFactor: usualAttentionFactor(factor) * keys.decimal('rope.scaling.attn_factor', 1),
  };
}

/** Llama 3's is not among them: it is a tensor of the file. */
export function writeRotaryScaling(
  file: GgufWriter,
  architecture: string,
  scaling: RotaryScaling | undefined,
): void {
  if (scaling === undefined || scaling.type === 'llama3') return;
  const key = (name: string): string => `${architecture}.rope.scaling.${name}`;
  file.string(key('type'), scaling.type);
  file.float32(key('factor'), scaling.factor);
  if (scaling.type === 'linear') return;
  file.uint32(key('original_context_length'), scaling.originalContextLength);
  file.float32(key('attn_factor'), scaling.attentionFactor / usualAttentionFactor(scaling.factor));
}

/** What llama.cpp does not compute, or undefined. */
export function refusedScaling(scaling: RotaryScaling | undefined): string | undefined {
  if (scaling?.type !== 'yarn') return undefined;
  return scaling.truncate && scaling.betaFast === betaFast && scaling.betaSlow === betaSlow
    ? undefined
    : 'its YaRN begins and ends at whole pairs that turn 32 times and once';
}
