/**
 * Low-rank adapters (Hu et al. 2021): a frozen weight W acts as V = W + scale · B A, scale = alpha / rank,
 * and only A and B are trained. rsLoRA (Kalajdzievski 2023) has scale = alpha / √rank, so that high ranks
 * learn, too. DoRA (Liu et al. 2024) learns length and direction apart: row i of the weight is mᵢ · Vᵢ / ‖Vᵢ‖
 * with a magnitude m that begins as ‖Wᵢ‖; as in the paper and in PEFT no gradient runs through ‖Vᵢ‖. Names
 * are those of PEFT. Left out: dropout, adapters on embeddings, DoRA on weights of integers.
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
  /** rsLoRA: the scale is alpha / √rank. Default false. */
  readonly rankStabilized?: boolean | undefined;
  /** DoRA: magnitudes are trained beside the factors; dearer to compute with. Default false. */
  readonly weightDecomposed?: boolean | undefined;
}

/** Graph constant with the scale, beside the parameters. */
export const loraScaleName = 'lora.scale';

export function loraScale({ rank, alpha = 2 * rank, rankStabilized }: LoraConfig): number {
  return rankStabilized === true ? alpha / Math.sqrt(rank) : alpha / rank;
}

const factorA = '.lora_A.weight';
const magnitudes = '.lora_magnitude_vector';

/** The factors beside a linear layer, which is named without `.weight`, and DoRA's magnitudes. */
export const loraNames = (linear: string): { readonly [Part in 'a' | 'b' | 'magnitude']: string } => ({
  a: linear + factorA,
  b: `${linear}.lora_B.weight`,
  magnitude: linear + magnitudes,
});

/** The adapters of a model with these `parameters`: A is [rank, in], B [out, rank], magnitudes [out]. */
export function loraLayout(
  parameters: ParameterLayouts,
  { rank, targets = loraTargets, weightDecomposed }: LoraConfig,
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
    // Begins as the lengths of the weight's rows, see `initialMagnitudes`.
    if (weightDecomposed)
      layout.set(names.magnitude, { shape: [out], role: 'adapter', deviation: 0, mean: 1 });
  }
  if (layout.size === 0)
    throw new LlmError({
      code: 'model/lora-invalid',
      message: `None of ${targets.join(', ')} is a linear layer of this model, so LoRA would train nothing.`,
    });
  return layout;
}

/** DoRA's magnitudes of a new adapter: the length of each row of the weights, by the magnitudes' name. */
export function initialMagnitudes(
  adapters: ParameterLayouts,
  parameters: ReadonlyMap<string, NamedTensor>,
): Map<string, NamedTensor> {
  const initial = new Map<string, NamedTensor>();
  for (const [name, { shape }] of adapters) {
    if (!name.endsWith(magnitudes)) continue;
    const weight = parameters.get(`${name.slice(0, -magnitudes.length)}.weight`);
    if (weight === undefined)
      throw new LlmError({
        code: 'model/lora-invalid',
        message: `DoRA needs ${name.slice(0, -magnitudes.length)}.weight in floats, and this model holds it as integers; use plain LoRA, or the model in float32.`,
        details: { name },
      });
    initial.set(name, { shape, data: rowLengths(weight.data, shape[0]!) });
  }
  return initial;
}

function rowLengths(data: Float32Array, rows: number): Float32Array {
  const width = data.length / rows;
  return Float32Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) sum += data[i]! * data[i]!;
    return Math.sqrt(sum);
  });
}

/**
 * V, or m · V / ‖V‖ of DoRA, for every adapted weight; the others are the same arrays. Throws
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
    if (lora.weightDecomposed) {
      const lengths = rowLengths(result, out);
      const { data: wanted = lengths } = adapters.get(loraNames(linear).magnitude) ?? {};
      for (let i = 0; i < result.length; i++) {
        const row = Math.floor(i / input);
        result[i]! *= wanted[row]! / lengths[row]!;
      }
    }
    merged.set(`${linear}.weight`, { shape, data: result });
  }
  return merged;
}
