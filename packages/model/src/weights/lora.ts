/**
 * Low-rank adapters (Hu et al. 2021): a frozen weight W acts as W + alpha / rank · B A, and only A and B are trained. Names
 * and files are those of PEFT. Left out: dropout, adapters on embeddings, DoRA.
 */
import { type ArtifactStore, LlmError, type NamedTensor } from '@llm/core';
import type { ModelConfig } from '../config/model-config.js';
import { type ParameterLayout, parameterLayout } from './parameter-layout.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';

/** The linear layers of a block. */
export type LoraTarget = 'q_proj' | 'k_proj' | 'v_proj' | 'o_proj' | 'gate_proj' | 'up_proj' | 'down_proj';

export interface LoraConfig {
  readonly rank: number;
  /** The adapter's part is scaled by alpha / rank. Default 2 · rank. */
  readonly alpha?: number | undefined;
  /** Default: all linear layers of a block. */
  readonly targets?: readonly LoraTarget[] | undefined;
}

const allTargets: readonly LoraTarget[] = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
];

/** Graph constant with alpha / rank, beside the parameters. */
export const loraScaleName = 'lora.scale';

export function loraScale({ rank, alpha = 2 * rank }: LoraConfig): number {
  return alpha / rank;
}

/** Adapter name → layout: `model.layers.0.self_attn.q_proj.lora_A.weight` [rank, in], `…lora_B.weight` [out, rank]. */
export function loraLayout(
  config: ModelConfig,
  { rank, targets = allTargets }: LoraConfig,
): Map<string, ParameterLayout> {
  if (!Number.isInteger(rank) || rank < 1)
    throw new LlmError({
      code: 'model/lora-invalid',
      message: `The LoRA rank is ${rank}; it must be a positive integer.`,
    });
  const layout = new Map<string, ParameterLayout>();
  for (const [name, { shape, role }] of parameterLayout(config)) {
    const linear = name.replace(/\.weight$/, '');
    if (role !== 'matrix' || !targets.some((target) => linear.endsWith(`.${target}`))) continue;
    const [out, input] = shape as readonly [number, number];
    // PEFT starts A uniform in ±1 / √in and B at zero, so that a new adapter changes nothing.
    layout.set(`${linear}.lora_A.weight`, {
      shape: [rank, input],
      role: 'adapter',
      deviation: 1 / Math.sqrt(3 * input),
    });
    layout.set(`${linear}.lora_B.weight`, { shape: [out, rank], role: 'adapter', deviation: 0 });
  }
  if (layout.size === 0)
    throw new LlmError({
      code: 'model/lora-invalid',
      message: `None of ${targets.join(', ')} is a linear layer of this model, so LoRA would train nothing.`,
    });
  return layout;
}

/** W + alpha / rank · B A for every adapted weight; the others are the same arrays. */
export function mergeLora(
  parameters: ReadonlyMap<string, NamedTensor>,
  adapters: ReadonlyMap<string, NamedTensor>,
  lora: LoraConfig,
): Map<string, NamedTensor> {
  const merged = new Map(parameters);
  const scale = loraScale(lora);
  for (const [name, a] of adapters) {
    if (!name.endsWith('.lora_A.weight')) continue;
    const linear = name.slice(0, -'.lora_A.weight'.length);
    const { data: b } = adapters.get(`${linear}.lora_B.weight`)!;
    const { shape, data } = parameters.get(`${linear}.weight`)!;
    const [out, input] = shape as readonly [number, number];
    const result = data.slice();
    for (let row = 0; row < out; row++) {
      for (let r = 0; r < lora.rank; r++) {
        const factor = scale * b[row * lora.rank + r]!;
        for (let i = 0; i < input; i++) result[row * input + i]! += factor * a.data[r * input + i]!;
      }
    }
    merged.set(`${linear}.weight`, { shape, data: result });
  }
  return merged;
}

const peftPrefix = 'base_model.model.';

/** Writes adapter_model.safetensors and adapter_config.json as PEFT does. */
export async function saveLora(
  store: ArtifactStore,
  prefix: string,
  { adapters, lora }: { readonly adapters: ReadonlyMap<string, NamedTensor>; readonly lora: LoraConfig },
): Promise<void> {
  const { rank, alpha = 2 * rank, targets = allTargets } = lora;
  const named = new Map([...adapters].map(([name, tensor]) => [`${peftPrefix}${name}`, tensor]));
  await store.write(`${prefix}/adapter_model.safetensors`, writeSafetensors(named));
  const config = {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    r: rank,
    lora_alpha: alpha,
    target_modules: targets,
    lora_dropout: 0,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
  };
  await store.write(
    `${prefix}/adapter_config.json`,
    new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`),
  );
}

/** Throws `model/lora-invalid` when the files are not a LoRA adapter this package can apply. */
export async function loadLora(
  store: ArtifactStore,
  prefix: string,
): Promise<{ adapters: Map<string, NamedTensor>; lora: LoraConfig }> {
  const file = `${prefix}/adapter_config.json`;
  let json: Readonly<Record<string, unknown>> = {};
  try {
    json = JSON.parse(new TextDecoder().decode(await store.read(file))) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    if (LlmError.isInstance(cause)) throw cause;
  }
  const { r, lora_alpha: alpha, target_modules: targets } = json;
  const known =
    Array.isArray(targets) && targets.every((target) => (allTargets as readonly unknown[]).includes(target));
  if (json.peft_type !== 'LORA' || typeof r !== 'number' || typeof alpha !== 'number' || !known)
    throw new LlmError({
      code: 'model/lora-invalid',
      message: `${file} is not a LoRA configuration with r, lora_alpha and target_modules among ${allTargets.join(', ')}.`,
      details: { file },
    });
  const weights = `${prefix}/adapter_model.safetensors`;
  const tensors = readSafetensors(await store.read(weights), weights);
  const adapters = new Map([...tensors].map(([name, tensor]) => [name.replace(peftPrefix, ''), tensor]));
  return { adapters, lora: { rank: r, alpha, targets: targets as LoraTarget[] } };
}
