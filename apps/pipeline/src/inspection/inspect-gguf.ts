/** The header of a GGUF file. */
import { LlmError } from '@llm/core';
import {
  type ByteSource,
  dequantize,
  type GgufFile,
  ggufConfig,
  openGguf,
  readGgufTokenizer,
} from '@llm/model/gguf';
import { fromGgufTokenizer } from '@llm/tokenizer';
import type { Inspection } from './inspection.js';
import { attempt, attemptLater, summarizeTokenizer } from './tokenizer-summary.js';

export async function inspectGguf(source: ByteSource): Promise<Inspection> {
  const file = await openGguf(source);
  const unsupported: string[] = [];
  const types = new Set([...file.tensors.values()].map((tensor) => tensor.type));
  for (const type of types)
    if (!isRead(type)) unsupported.push(`Its tensors of the type ${type} cannot be read.`);
  const config = await attemptLater(ggufConfig(file), unsupported);
  const lists = attempt(() => readGgufTokenizer(file), unsupported);
  const text = (key: string): string | undefined => {
    const value = file.metadata.get(key);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    format: `GGUF ${file.version}`,
    architecture: text('general.architecture'),
    config,
    tensors: [...file.tensors].map(([name, { type, shape, byteLength }]) => ({
      name,
      dtype: type,
      shape,
      bytes: byteLength,
    })),
    tokenizer: lists && summarizeTokenizer(() => fromGgufTokenizer(lists), unsupported),
    chatTemplate: text('tokenizer.chat_template'),
    generation: samplingOf(file),
    notes: { name: text('general.name'), pattern: lists?.pre },
    unsupported,
  };
}

function samplingOf({ metadata }: GgufFile): Record<string, unknown> | undefined {
  const prefix = 'general.sampling.';
  const found = [...metadata].filter(([key]) => key.startsWith(prefix));
  if (found.length === 0) return undefined;
  return Object.fromEntries(found.map(([key, value]) => [key.slice(prefix.length), value]));
}

function isRead(type: string): boolean {
  try {
    dequantize({ shape: [0], type, bytes: new Uint8Array(0) });
    return true;
  } catch (error) {
    if (LlmError.isInstance(error) && error.code === 'model/gguf-type-unsupported') return false;
    throw error;
  }
}
