/** What a model is written as, and in which types. */
import type { GgufOptions } from '@llm/model/export';

/** Our names of a type are those of the format. */
export const exportFormats = {
  /** A folder of Hugging Face. The first is the default: nothing is lost. */
  safetensors: ['f32', 'bf16', 'f16'],
  /** One file for llama.cpp. */
  gguf: ['f16', 'f32', 'q8_0', 'q6_k', 'q4_k', 'q4_0'],
  /** A folder for transformers.js; several types at once. */
  onnx: ['fp32', 'q8', 'fp16', 'q4', 'q4f16'],
} as const;

export type ExportFormat = keyof typeof exportFormats;
export type GgufDtype = NonNullable<GgufOptions['dtype']>;

/** What transformers.js loads in Node and in a browser when it is told nothing. */
const onnxDefault = ['fp32', 'q8'];

/** The types asked for, or undefined where the format has no such type, or takes one only. */
export function exportTypes(format: ExportFormat, dtype: string | undefined): readonly string[] | undefined {
  if (dtype === undefined) return format === 'onnx' ? onnxDefault : [exportFormats[format][0]];
  const types = dtype.split(',').map((type) => type.trim());
  const known: readonly string[] = exportFormats[format];
  const isValid = types.every((type) => known.includes(type)) && (format === 'onnx' || types.length === 1);
  return isValid ? types : undefined;
}
