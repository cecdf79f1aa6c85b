/** Lays the weights of a large ONNX model out in files beside it, named as transformers.js asks for. */
import { LlmError } from '@llm/core';
import type { StoredWeight } from './stored-graph.js';

export interface ExternalPart {
  readonly name: string;
  readonly byteLength: number;
  /** Weight → where it begins, in the order of writing. */
  readonly offsets: ReadonlyMap<string, number>;
}

/** Runtimes map files into memory by pages; what is smaller than one is copied. */
const pageSize = 4096;
const smallAlignment = 64;
/** What transformers.js reads. */
const mostParts = 100;

/**
 * No parts when everything fits into one file of `maximumBytes`; otherwise each is at most that, or one
 * larger weight. Throws `model/export-too-large`.
 */
export function layOutParts(
  weights: ReadonlyMap<string, StoredWeight>,
  file: string,
  maximumBytes: number,
): ExternalPart[] {
  const total = [...weights.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (total <= maximumBytes) return [];
  const parts: { name: string; byteLength: number; offsets: Map<string, number> }[] = [];
  for (const [name, { byteLength }] of weights) {
    const alignment = byteLength < pageSize ? smallAlignment : pageSize;
    let part = parts.at(-1);
    let offset = part === undefined ? 0 : Math.ceil(part.byteLength / alignment) * alignment;
    if (part === undefined || offset + byteLength > maximumBytes) {
      part = {
        name: `${file}_data${parts.length === 0 ? '' : `_${parts.length}`}`,
        byteLength: 0,
        offsets: new Map(),
      };
      parts.push(part);
      offset = 0;
    }
    part.offsets.set(name, offset);
    part.byteLength = offset + byteLength;
  }
  if (parts.length > mostParts)
    throw new LlmError({
      code: 'model/export-too-large',
      message: `${file} needs ${parts.length} files of at most ${maximumBytes} bytes for its weights; transformers.js reads ${mostParts}. Raise maximumFileBytes or choose a smaller number format.`,
      details: { file, parts: parts.length },
    });
  return parts;
}
