/** A LoRA adapter merged into the weights it was trained on. */
import { type ArtifactStore, LlmError } from '@llm/core';
import { loadLora, mergeLora } from '@llm/model';
import type { LoadedModel } from './loaded-model.js';

const factors = /\.lora_([AB])\.weight$/;

/** Throws `assistant/adapter-mismatch` when it is another model's, and what `loadLora` throws. */
export async function applyAdapter(
  loaded: LoadedModel,
  store: ArtifactStore,
  prefix: string,
): Promise<LoadedModel> {
  const { adapters, lora } = await loadLora(store, prefix);
  const mismatch = (problem: string): LlmError =>
    new LlmError({
      code: 'assistant/adapter-mismatch',
      message: `The adapter ${prefix} does not belong to ${loaded.name}: ${problem}.`,
      details: { adapter: prefix, model: loaded.name },
    });
  for (const [name, { shape }] of adapters) {
    const linear = name.replace(factors, '');
    const [, kind] = factors.exec(name) ?? [];
    const base = loaded.parameters.get(`${linear}.weight`)?.shape;
    if (kind === undefined) throw mismatch(`it has the tensor ${name}, which is no factor of LoRA`);
    if (base?.length !== 2) throw mismatch(`there is no ${linear}.weight to adapt`);
    const [out, input] = [base[0]!, base[1]!];
    const expected = kind === 'A' ? [lora.rank, input] : [out, lora.rank];
    if (shape.join() !== expected.join())
      throw mismatch(`${name} is [${shape.join(', ')}], and [${expected.join(', ')}] would fit`);
    const other = name.replace(factors, `.lora_${kind === 'A' ? 'B' : 'A'}.weight`);
    if (!adapters.has(other)) throw mismatch(`it lacks ${other}`);
  }
  if (adapters.size === 0) throw mismatch('it holds no tensors');
  return { ...loaded, parameters: mergeLora(loaded.parameters, adapters, lora) };
}
