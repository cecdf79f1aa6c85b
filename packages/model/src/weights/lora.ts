/**
 * Low-rank adapters (Hu et al. 2021): a frozen weight W acts as W + alpha / rank · B A, and only A and B are
 * trained. Names are those of PEFT. Left out: dropout, adapters on embeddings, DoRA.
 */
import { LlmError, type NamedTensor } from '@llm/core';
import type { ParameterLayout, ParameterLayouts } from './parameter-layout.js';

/** The linear layers of a block. */
export const loraTargets = [
  'q_proj',
  'k_proj',
  'v_proj',
  'o_proj',
  'gate_proj',
  'up_proj',
  'down_proj',
] as const;

export type LoraTarget = (typeof loraTargets)[number];

export interface LoraConfig {
  readonly rank: number;
  /** The adapter's part is scaled by alpha / rank. Default 2 · rank. */
  readonly alpha?: number | undefined;
  /** Default: all linear layers of a block. */
  readonly targets?: readonly LoraTarget[] | undefined;
}

/** Graph constant with alpha / rank, beside the parameters. */
export const loraScaleName = 'lora.scale';

export function loraScale({ rank, alpha = 2 * rank }: LoraConfig): number {
  return alpha / rank;
}

const factorA = '.lora_A.weight';

/** The two factors beside a linear layer, which is named without `.weight`. */
export const loraNames = (linear: string): { readonly a: string; readonly b: string } => ({
  a: linear + factorA,
  b: `${linear}.lora_B.weight`,
});

/** The adapters of a model with these `parameters`: A is [rank, in], B [out, rank]. */
export function loraLayout(
  parameters: ParameterLayouts,
  { rank, targets = loraTargets }: LoraConfig,
): ParameterLayouts {
  if (!Number.isInteger(rank) || rank < 1)
    throw new LlmError({
      code: 'model/lora-invalid',
      message: `The LoRA rank is ${rank}; it must be a positive integer.`,
    });
  const layout = new Map<string, ParameterLayout>();
  for (const [name, { shape, role }] of parameters) {
    const linear = name.replace(/\.weight$/, '');
    if (role !== 'matrix' || !targets.some((target) => linear.endsWith(`.${target}`))) continue;
    const [out, input] = [shape[0]!, shape[1]!];
    // PEFT starts A uniform in ±1 / √in and B at zero, so that a new adapter changes nothing.
    const names = loraNames(linear);
    layout.set(names.a, {
      shape: [rank, input],
      role: 'adapter',
      deviation: 1 / Math.sqrt(3 * input),
    });
    layout.set(names.b, { shape: [out, rank], role: 'adapter', deviation: 0 });
  }
  if (layout.size === 0)
    throw new LlmError({
      code: 'model/lora-invalid',
      message: `None of ${targets.join(', ')} is a linear layer of this model, so LoRA would train nothing.`,
    });
  return layout;
}

/**
 * W + alpha / rank · B A for every adapted weight; the others are the same arrays. Throws
 * `model/lora-invalid` for an adapter of a weight that is not there, or is of another shape.
 */
export function mergeLora(
  parameters: ReadonlyMap<string, NamedTensor>,
  adapters: ReadonlyMap<string, NamedTensor>,
  lora: LoraConfig,
): Map<string, NamedTensor> {
  const merged = new Map(parameters);
  const scale = loraScale(lora);
  for (const [name, { data: a }] of adapters) {
    if (!name.endsWith(factorA)) continue;
    const linear = name.slice(0, -factorA.length);
    const weight = parameters.get(`${linear}.weight`);
    const { data: b } = adapters.get(loraNames(linear).b) ?? { data: [] };
    const [out = 0, input = 0] = weight?.shape ?? [];
    if (weight?.shape.length !== 2 || a.length !== lora.rank * input || b.length !== out * lora.rank)
      throw new LlmError({
        code: 'model/lora-invalid',
        message: `The adapter of ${linear} has ${a.length} and ${b.length} numbers of rank ${lora.rank}, the model's weight is [${weight?.shape ?? 'missing'}]. Merge it into the model it was trained on.`,
        details: { name: linear },
      });
    const { shape, data } = weight;
    const result = data.slice();
    for (let row = 0; row < out; row++) {
      for (let r = 0; r < lora.rank; r++) {
        const factor = scale * b[row * lora.rank + r]!;
        for (let i = 0; i < input; i++) result[row * input + i]! += factor * a[r * input + i]!;
      }
    }
    merged.set(`${linear}.weight`, { shape, data: result });
  }
  return merged;
}
