/** A model of a run, ready to train or to talk: checkpoint, tokenizer and chat format together. */
import { type ArtifactStore, type ConversationRenderer, LlmError } from '@llm/core';
import type { Executor, Objective } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import {
  createTransformer,
  loadCheckpoint,
  type ModelConfig,
  type Optimizer,
  type Transformer,
} from '@llm/model';
import { type BpeTokenizer, createChatRenderer, fromTokenizerJson } from '@llm/tokenizer';
import { tokenizerKey } from '../stages/tokenizer.js';
import { modelPrefix } from './stage-checkpoints.js';

export interface Language {
  readonly tokenizer: BpeTokenizer;
  readonly renderer: ConversationRenderer;
  readonly tokenizerJson: Uint8Array;
}

export interface OpenModel extends Language {
  readonly model: Transformer;
  readonly config: ModelConfig;
}

export function languageOf(tokenizerJson: Uint8Array): Language {
  const tokenizer = fromTokenizerJson(new TextDecoder().decode(tokenizerJson));
  return { tokenizer, renderer: createChatRenderer(tokenizer), tokenizerJson };
}

export async function openLanguage(store: ArtifactStore): Promise<Language> {
  return languageOf(await store.read(tokenizerKey));
}

/** The finished model of a stage as the start of the next: parameters only, a fresh optimizer. */
export async function openModel(
  store: ArtifactStore,
  stage: string,
  options: {
    readonly threads: number;
    readonly seed?: number | undefined;
    readonly objective?: Objective | undefined;
    readonly optimizer?: Optimizer | undefined;
    readonly memory?: 'fast' | 'compact' | undefined;
  },
): Promise<OpenModel> {
  const checkpoint = await loadCheckpoint(store, modelPrefix(stage));
  const tokenizerJson = checkpoint.tokenizerFiles['tokenizer.json'];
  if (tokenizerJson === undefined) {
    throw new LlmError({
      code: 'pipeline/tokenizer-missing',
      message: `The model in ${modelPrefix(stage)} has no tokenizer.json. Delete the folder "${stage}" of the run to make it again.`,
      details: { stage },
    });
  }
  const model = await createTransformer({
    config: checkpoint.config,
    executor: executorWith(options.threads, options.memory),
    parameters: checkpoint.snapshot.parameters,
    seed: options.seed,
    objective: options.objective,
    optimizer: options.optimizer,
  });
  return { ...languageOf(tokenizerJson), model, config: checkpoint.config };
}

/**
 * `compact` for batches of many shapes: each is a graph that would keep the working memory of its largest run
 * for itself (practice with answers of every length: 2.2 GB for six shapes, 0.6 GB compact).
 */
export function executorWith(threads: number, memory?: 'fast' | 'compact'): Executor {
  return createNodeExecutor({ threads, memory });
}
