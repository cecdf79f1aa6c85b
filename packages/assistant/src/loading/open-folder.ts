/**
 * A folder → the model in it, whatever kind of folder it is: one of Hugging Face, a checkpoint of ours, or
 * the run directory of the reference app, which holds several models. What it is, its files say.
 */
import { type ArtifactStore, type JsonValue, LlmError } from '@llm/core';
import { hasCheckpoint, loadCheckpoint } from '@llm/model';
import { importHuggingFace, type SpecialTokenIds } from '@llm/model/hugging-face';
import { fromTokenizerFolder } from '@llm/tokenizer';
import { beginTokenOf } from './begin-token.js';
import { generationDefaults } from './generation-defaults.js';
import type { LoadedModel } from './loaded-model.js';

export interface FolderOptions {
  readonly name: string;
  /** As it is to be named in errors. */
  readonly place: string;
  /** Which model of a run: `sft`. Default: the last that is finished. */
  readonly stage?: string | undefined;
}

/** The last first. */
const stages = ['rl', 'sft', 'pretrain'];

/** Throws `assistant/source-unknown`, `assistant/model-missing`, or what reading the files throws. */
export async function openFolder(store: ArtifactStore, options: FolderOptions): Promise<LoadedModel> {
  const { name, place, stage } = options;
  const config = (await store.has('config.json')) ? await readJson(store, 'config.json') : undefined;
  if (config?.kind === 'llm/run-config') return openRun(store, options);
  if (stage !== undefined)
    throw new LlmError({
      code: 'assistant/source-unknown',
      message: `${place} is no run directory, so there is no "${stage}" to choose in it. Leave out what comes after the #.`,
      details: { place, stage },
    });
  if ((await store.has('latest.json')) || (await store.has('checkpoint.json'))) {
    const folder = await loadCheckpoint(rooted(store), 'root');
    return languageOf(name, { ...folder, parameters: folder.snapshot.parameters });
  }
  if (config !== undefined) return languageOf(name, await importHuggingFace(store, ''));
  throw await unknownFolder(store, place);
}

async function openRun(store: ArtifactStore, { name, place, stage }: FolderOptions): Promise<LoadedModel> {
  for (const wanted of stage === undefined ? stages : [stage]) {
    if (!(await isFinished(store, wanted))) continue;
    const checkpoint = await loadCheckpoint(store, `${wanted}/model`);
    const { snapshot, specialTokens } = checkpoint;
    const loaded = languageOf(`${name}-${wanted}`, { ...checkpoint, parameters: snapshot.parameters });
    // Every document of the app's base models began with it.
    return { ...loaded, beginToken: specialTokens.bos };
  }
  throw new LlmError({
    code: 'assistant/model-missing',
    message: `The run ${place} has no finished ${stage === undefined ? '' : `"${stage}" `}model yet.`,
    details: { place },
  });
}

async function isFinished(store: ArtifactStore, stage: string): Promise<boolean> {
  if (!/^[\w-]+$/.test(stage) || !(await store.has(`${stage}/stage.json`))) return false;
  const state = await readJson(store, `${stage}/stage.json`);
  return state?.status === 'complete' && hasCheckpoint(store, `${stage}/model`);
}

interface ModelFiles extends Pick<LoadedModel, 'config' | 'parameters'> {
  readonly tokenizerFiles: Readonly<Record<string, Uint8Array>>;
  readonly specialTokens: SpecialTokenIds;
}

function languageOf(
  name: string,
  { config, parameters, tokenizerFiles, specialTokens }: ModelFiles,
): LoadedModel {
  const { tokenizer, config: tokenizerConfig } = fromTokenizerFolder(tokenizerFiles);
  const generation = tokenizerFiles['generation_config.json'];
  const { bos, eos } = specialTokens;
  return {
    name,
    config,
    parameters,
    tokenizer,
    tokenizerConfig,
    tokenizerFiles,
    specialTokens,
    beginToken: beginTokenOf(tokenizerFiles, bos),
    stopTokens: [eos].flat().filter((id) => id !== undefined) as number[],
    defaults: generationDefaults(generation && new TextDecoder().decode(generation)),
  };
}

/** `loadCheckpoint` reads below a prefix. */
function rooted(store: ArtifactStore): ArtifactStore {
  const below = (key: string): string => key.replace(/^root\//, '');
  return {
    specificationVersion: 'v1',
    read: (key) => store.read(below(key)),
    size: store.size && ((key) => store.size!(below(key))),
    readRange: store.readRange && ((key, start, end) => store.readRange!(below(key), start, end)),
    write: (key, bytes) => store.write(below(key), bytes),
    has: (key) => store.has(below(key)),
    list: async (prefix) => (await store.list(below(prefix))).map((key) => `root/${key}`),
    delete: (key) => store.delete(below(key)),
  } as ArtifactStore;
}

async function readJson(
  store: ArtifactStore,
  key: string,
): Promise<Readonly<Record<string, JsonValue>> | undefined> {
  try {
    const value = JSON.parse(new TextDecoder().decode(await store.read(key))) as JsonValue;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, JsonValue>>)
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function unknownFolder(store: ArtifactStore, place: string): Promise<LlmError> {
  const found = (await store.list('').catch((): string[] => [])).map((key) => key.split('/')[0]!);
  const names = [...new Set(found)];
  const shown = names.slice(0, 8).join(', ') + (names.length > 8 ? ', …' : '');
  const advice = names.includes('adapter_config.json')
    ? 'It is a LoRA adapter: load its base model, with this folder as the option adapter.'
    : 'A model is a folder with config.json and safetensors, a checkpoint, a run directory, or a .gguf file.';
  return new LlmError({
    code: 'assistant/source-unknown',
    message: `${place} holds no model (${names.length === 0 ? 'it is empty' : shown}). ${advice}`,
    details: { place, found: names.slice(0, 20) },
  });
}
