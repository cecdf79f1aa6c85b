/**
 * Which type each tensor of a file has. Norms, biases and learned positions stay F32. `q4_0` keeps the
 * embedding and the head in Q8_0. `q4_k` is llama.cpp's Q4_K_M: Q4_K, but Q6_K for the head (the embedding
 * where it is tied) and for the values and the last feed-forward matrix of every third layer and of the first
 * and last eighth, and Q5_K for queries, keys and values in one matrix. `q6_k` is its Q6_K. Rows that are no
 * multiple of 256 are Q5_0 instead of Q4_K and Q8_0 instead of Q6_K, as in llama.cpp, and Q8_0 instead of
 * Q5_K; rows that are no multiple of 32 are F16.
 */
import type { ModelConfig } from '../config/model-config.js';
import type { StoredType } from './encode-tensor.js';
import { tensorType } from './tensor-types.js';

/** What a file is written as. */
export type GgufDtype = 'f32' | 'f16' | 'q8_0' | 'q4_0' | 'q4_k' | 'q6_k';

/** `general.file_type` of llama.h. */
export const fileTypes: Readonly<Record<GgufDtype, number>> = {
  f32: 0,
  f16: 1,
  q4_0: 2,
  q8_0: 7,
  // Its MOSTLY_Q4_K_M.
  q4_k: 15,
  q6_k: 18,
};

const narrower = { Q4_K: 'Q5_0', Q5_K: 'Q8_0', Q6_K: 'Q8_0' } as const;

/** `name` is llama.cpp's of the tensor. */
export function storedType(
  name: string,
  shape: readonly number[],
  dtype: GgufDtype,
  config: ModelConfig,
): StoredType {
  if (shape.length < 2 || name === 'position_embd.weight') return 'F32';
  const wanted = wantedType(name, dtype, config);
  const columns = shape.at(-1)!;
  const fits = (stored: StoredType): boolean => columns % tensorType(stored).blockElements === 0;
  if (fits(wanted)) return wanted;
  const fallback = wanted in narrower ? narrower[wanted as keyof typeof narrower] : wanted;
  return fits(fallback) ? fallback : 'F16';
}

function wantedType(name: string, dtype: GgufDtype, config: ModelConfig): StoredType {
  const isHead = name === 'output.weight' || (config.tiedHead && name === 'token_embd.weight');
  switch (dtype) {
    case 'f32':
      return 'F32';
    case 'f16':
      return 'F16';
    case 'q8_0':
      return 'Q8_0';
    case 'q4_0':
      return isHead || name === 'token_embd.weight' ? 'Q8_0' : 'Q4_0';
    case 'q6_k':
      return 'Q6_K';
    case 'q4_k': {
      if (isHead) return 'Q6_K';
      const [, layer, part] = /^blk\.(\d+)\.(attn_v|ffn_down|attn_qkv)\.weight$/.exec(name) ?? [];
      if (part === 'attn_qkv') return 'Q5_K';
      return part !== undefined && matters(Number(layer), config.depth) ? 'Q6_K' : 'Q4_K';
    }
  }
}

/** The layers that llama.cpp gives more bits. */
function matters(layer: number, depth: number): boolean {
  const eighth = Math.floor(depth / 8);
  return layer < eighth || layer >= Math.floor((7 * depth) / 8) || (layer - eighth) % 3 === 2;
}
