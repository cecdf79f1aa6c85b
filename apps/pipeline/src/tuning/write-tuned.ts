/** What a training leaves: an adapter as PEFT reads it, or the whole model as transformers does. */
import { resolve } from 'node:path';
import type { ArtifactStore } from '@llm/core';
import {
  type LoraConfig,
  type LoraTarget,
  loraTargets,
  saveCheckpoint,
  saveLora,
  type Transformer,
} from '@llm/model';
import { exportHuggingFace } from '@llm/model/hugging-face';
import { toTokenizerJson, writeTokenizerConfig } from '@llm/tokenizer';
import type { TunableModel } from './open-tunable.js';

/** Of `--out`: where a reward model lies. */
export const rewardFolder = 'model';

export interface TunedModel extends Pick<TunableModel, 'loaded' | 'lora'> {
  readonly model: Transformer;
  /** As it was named on the command line. */
  readonly source: string;
  readonly merge: boolean;
}

/** Returns what was written, in words. Throws `model/export-unsupported` or `tokenizer/not-exportable`. */
export async function writeTuned(
  store: ArtifactStore,
  tuned: TunedModel,
): Promise<'adapter' | 'model' | 'checkpoint'> {
  const { model, lora, merge, loaded } = tuned;
  const scores = loaded.config.scalarHead === true;
  if (lora !== undefined && !merge && !scores) {
    const { parameters: adapters } = await model.snapshot();
    const baseModel = baseModelOf(tuned.source);
    await saveLora(store, '', { adapters, lora: usedTargets(lora, adapters.keys()), baseModel });
    return 'adapter';
  }
  const { config, tokenizer, tokenizerConfig, specialTokens } = loaded;
  const tokenizerFiles = loaded.tokenizerFiles ?? {
    'tokenizer.json': toTokenizerJson(tokenizer),
    'tokenizer_config.json': writeTokenizerConfig(tokenizerConfig),
  };
  const parameters = await model.mergedParameters();
  if (scores) {
    // No family of Hugging Face has a chat model with a head of one number: a checkpoint of ours.
    const snapshot = { stepsTaken: model.stepsTaken, parameters, optimizerState: new Map() };
    await saveCheckpoint(store, rewardFolder, { config, snapshot, tokenizerFiles, specialTokens, keep: 1 });
    return 'checkpoint';
  }
  await exportHuggingFace(store, '', { config, parameters, tokenizerFiles, specialTokens });
  return 'model';
}

/** A name of the hub as the hub has it, a place on this machine in full. */
function baseModelOf(source: string): string {
  return source.startsWith('hf:') ? source.slice(3).replace(/@.*$/, '') : resolve(source);
}

/** PEFT wants each target to be there; a model without gates has no `gate_proj`. */
function usedTargets(lora: LoraConfig, adapters: Iterable<string>): LoraConfig {
  const names = [...adapters];
  const isUsed = (target: LoraTarget): boolean => names.some((name) => name.includes(`.${target}.lora_A`));
  return { ...lora, targets: (lora.targets ?? loraTargets).filter(isUsed) };
}
