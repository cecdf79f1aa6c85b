/** `rope.scaling.*`: linear and YaRN, which every rotary architecture of llama.cpp computes. */
import type { RotaryScaling } from '../../config/model-config.js';
import type { GgufWriter } from '../gguf-writer.js';
import type { MetadataReader } from '../reading/metadata-reader.js';

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
  keys.require({ 'rope.scaling.yarn_ext_factor': 1, 'rope.scaling.yarn_log_multiplier': 0 });
  return {
    type,
    factor,
    originalContextLength: keys.number('rope.scaling.original_context_length', keys.number('context_length')),
    betaFast: keys.decimal('rope.scaling.yarn_beta_fast', 32),
    betaSlow: keys.decimal('rope.scaling.yarn_beta_slow', 1),
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
  file.float32(key('yarn_beta_fast'), scaling.betaFast);
  file.float32(key('yarn_beta_slow'), scaling.betaSlow);
  file.float32(key('attn_factor'), scaling.attentionFactor / usualAttentionFactor(scaling.factor));
}

/** What llama.cpp does not compute, or undefined. */
export function refusedScaling(scaling: RotaryScaling | undefined): string | undefined {
  return scaling?.type === 'yarn' && !scaling.truncate
    ? 'its YaRN begins and ends at whole pairs'
    : undefined;
}
