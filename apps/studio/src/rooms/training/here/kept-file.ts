/** A kept model for other programs, as one file. */
import type { ArtifactStore } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';
import { loadCheckpoint } from '@llm/model';
import { writeGguf } from '@llm/model/export';
import { exportHuggingFace } from '@llm/model/hugging-face';
import { fromTokenizerJson, toGgufTokenizer } from '@llm/tokenizer';
import { zipSync } from 'fflate';
import type { KeptForm } from './here-calls.js';
import { modelPrefix } from './kept-training.js';

/** Throws `core/artifact-missing` while there is no checkpoint yet. */
export async function keptFile(store: ArtifactStore, name: string, form: KeptForm): Promise<Uint8Array> {
  const checkpoint = await loadCheckpoint(store, modelPrefix(name));
  const { config, snapshot, tokenizerFiles, specialTokens } = checkpoint;
  const { parameters } = snapshot;
  if (form === 'gguf') {
    const tokenizer = fromTokenizerJson(new TextDecoder().decode(tokenizerFiles['tokenizer.json']));
    const { bos, eos } = specialTokens;
    return writeGguf({
      ...{ name, config, parameters, tokenizer: toGgufTokenizer(tokenizer) },
      specialTokens: { bos, eos: typeof eos === 'object' ? eos[0] : eos },
    });
  }
  const folder = new MemoryStore();
  await exportHuggingFace(folder, name, { config, parameters, tokenizerFiles, specialTokens });
  const files: Record<string, Uint8Array> = {};
  for (const key of await folder.list('')) files[key] = await folder.read(key);
  // Weights do not get smaller.
  return zipSync(files, { level: 0 });
}
