/**
 * A training that is kept in a store, in the page its own file system: the choice, the text, the tokenizer,
 * and checkpoints with the curves so far. One path leads on, whether it was paused, the page was reloaded or
 * the browser killed: from the newest checkpoint, to the same numbers, to the bit.
 */
import { type ArtifactStore, type JsonValue, LlmError, type RunEvent } from '@llm/core';
import type { Executor } from '@llm/graph';
import {
  type Checkpoint,
  createTransformer,
  hasCheckpoint,
  loadCheckpoint,
  type ModelConfig,
  muon,
  parameterCount,
  pretrain,
  saveCheckpoint,
  type Transformer,
} from '@llm/model';
import { bitsPerByte } from '@llm/model/evaluation';
import {
  type BpeTokenizer,
  chatSpecialTokens,
  fromTokenizerJson,
  toTokenizerJson,
  trainTokenizer,
  writeTokenizerConfig,
} from '@llm/tokenizer';
import { type LoggedEvent, RunView, type RunViewJson } from '../../../wire/index.js';
import { type Documents, documentsOf } from './documents.js';
import { checkChoice, type TrainingChoice } from './training-choice.js';
import { configOf, scheduleOf } from './training-shape.js';

/** Where the events happen, as those of a run name their stage. */
export const at = 'here';

export type Device = 'wasm' | 'webgpu';

export interface KeptChoice extends TrainingChoice {
  /** What it began on: another computes other last bits. */
  readonly device: Device;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export interface KeptTraining {
  readonly name: string;
  readonly choice: KeptChoice;
  readonly step: number;
  readonly parameters: number;
  readonly view: RunViewJson;
}

const choiceKey = (name: string): string => `${name}/choice.json`;
const textKey = (name: string): string => `${name}/text.txt`;
const tokenizerKey = (name: string): string => `${name}/tokenizer.json`;
export const modelPrefix = (name: string): string => `${name}/model`;
const bos = chatSpecialTokens[0];

/** Names of those that can be opened. */
export async function keptNames(store: ArtifactStore): Promise<string[]> {
  const keys = await store.list('');
  return keys.flatMap((key) => /^([^/]+)\/choice\.json$/.exec(key)?.[1] ?? []);
}

/** Trains the tokenizer and writes all down. Throws `studio/name-taken`, or what refuses the choice. */
export async function createTraining(
  store: ArtifactStore,
  name: string,
  text: string,
  choice: KeptChoice,
  signal?: AbortSignal,
): Promise<void> {
  checkChoice(choice);
  if (!/^[a-z0-9][a-z0-9-]{0,59}$/.test(name))
    throw new LlmError({
      code: 'studio/name-invalid',
      message: `“${name.slice(0, 80)}” is no name for a training: it has lower-case letters, digits and hyphens, up to 60.`,
    });
  if (await store.has(choiceKey(name)))
    throw new LlmError({
      code: 'studio/name-taken',
      message: `There is a training “${name}” already. Take another name, or delete it.`,
    });
  const { training } = documentsOf(text);
  const { vocabularySize } = choice;
  const tokenizer = await trainTokenizer(training, {
    ...{ vocabularySize, specialTokens: chatSpecialTokens, minFrequency: 2, signal },
  });
  await store.write(textKey(name), new TextEncoder().encode(text));
  await store.write(tokenizerKey(name), new TextEncoder().encode(toTokenizerJson(tokenizer)));
  // The last, so that what is there is whole.
  await store.write(choiceKey(name), new TextEncoder().encode(JSON.stringify(choice)));
}

interface OpenTraining {
  readonly choice: KeptChoice;
  readonly documents: Documents;
  readonly tokenizer: BpeTokenizer;
  readonly tokenizerFiles: Readonly<Record<string, string>>;
  readonly config: ModelConfig;
  readonly checkpoint: Checkpoint | undefined;
  readonly view: RunView;
}

async function openTraining(store: ArtifactStore, name: string): Promise<OpenTraining> {
  const read = async (key: string): Promise<string> => new TextDecoder().decode(await store.read(key));
  const choice = JSON.parse(await read(choiceKey(name))) as KeptChoice;
  checkChoice(choice);
  const tokenizerJson = await read(tokenizerKey(name));
  const tokenizer = fromTokenizerJson(tokenizerJson);
  const tokens = { bos_token: bos, eos_token: bos };
  const whole = JSON.parse(writeTokenizerConfig({ tokens })) as Record<string, JsonValue>;
  const checkpoint = (await hasCheckpoint(store, modelPrefix(name)))
    ? await loadCheckpoint(store, modelPrefix(name))
    : undefined;
  return {
    choice,
    documents: documentsOf(await read(textKey(name))),
    tokenizer,
    tokenizerFiles: {
      'tokenizer.json': tokenizerJson,
      // Every document began with it.
      'tokenizer_config.json': JSON.stringify({ ...whole, add_bos_token: true }, undefined, 2),
    },
    config: configOf(choice, tokenizer.vocabularySize),
    checkpoint,
    view:
      checkpoint === undefined
        ? new RunView()
        : RunView.fromJSON(checkpoint.metadata.view as unknown as RunViewJson),
  };
}

/** As it stands: its choice, how far it came, its curves and samples. */
export async function readTraining(store: ArtifactStore, name: string): Promise<KeptTraining> {
  const { choice, config, checkpoint, view } = await openTraining(store, name);
  return {
    name,
    choice,
    step: checkpoint?.snapshot.stepsTaken ?? 0,
    parameters: parameterCount(config),
    view: view.toJSON(),
  };
}

export interface TrainOptions {
  readonly executor: Executor;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent: (event: LoggedEvent) => void;
}

/** So many times a training is measured and sampled, but not more often than every tenth step. */
const measurements = 20;
const leastBetween = 10;
const savesAtLeastEvery = 25;
const sampleTokens = 48;

/**
 * Trains on until `steps`. Throws the signal's reason when it is stopped, after the step was saved, and
 * `model/training-diverged` when the loss explodes; the last checkpoint is from before.
 */
export async function trainOn(store: ArtifactStore, name: string, options: TrainOptions): Promise<void> {
  const { executor, signal, onEvent } = options;
  const training = await openTraining(store, name);
  const { choice, documents, tokenizer, tokenizerFiles, config, checkpoint, view } = training;
  const { steps, rows, contextLength, seed } = choice;
  const measureEvery = Math.max(leastBetween, Math.ceil(steps / measurements));
  const hear = (event: LoggedEvent): void => {
    view.apply(event);
    onEvent(event);
  };
  const model = await createTransformer({ config, executor, optimizer: muon(), seed });
  const bosId = tokenizer.specialTokens.get(bos)!;
  const save = async (feedPosition?: Checkpoint['feedPosition']): Promise<void> => {
    await saveCheckpoint(store, modelPrefix(name), {
      ...{ config, tokenizerFiles, specialTokens: { bos: bosId, eos: bosId }, feedPosition },
      snapshot: await model.snapshot(),
      metadata: { view: view.toJSON() as unknown as JsonValue },
    });
  };
  try {
    if (checkpoint !== undefined) await model.restore(checkpoint.snapshot);
    hear({ type: 'stage-start', stage: at, at, time: Date.now(), resumed: checkpoint !== undefined });
    await pretrain({
      ...{
        model,
        tokenizer,
        documents: documents.training,
        rows,
        columns: contextLength,
        seed,
        steps,
        signal,
      },
      // A small text would be learnt by beginnings first, and then forgotten for what follows them.
      ...{ stage: at, schedule: scheduleOf(choice), evaluateFirst: true, lookahead: 16 },
      saveEvery: Math.min(savesAtLeastEvery, measureEvery),
      evaluateEvery: measureEvery,
      onEvent: (event) => {
        const logged = loggedEvent(event);
        if (logged !== undefined) hear(logged);
      },
      evaluate: async (step) => {
        for (const [title, text] of await samplesOf(model, training, signal))
          hear({ type: 'sample', stage: at, at, time: Date.now(), step, title, text });
        const bits = await bitsPerByte(model, tokenizer, documents.heldOut, {
          ...{ rows: Math.min(rows, 16), columns: contextLength, signal },
        });
        return { bits_per_byte: bits };
      },
      onCheckpoint: (_, feedPosition) => save(feedPosition),
    });
    // What was measured last came after the last checkpoint.
    await save();
  } finally {
    await model.dispose();
  }
}

/** Something of its own, and how a text goes on that it has not seen. */
async function samplesOf(
  model: Transformer,
  { documents, tokenizer, choice }: OpenTraining,
  signal: AbortSignal | undefined,
): Promise<(readonly [title: string, text: string])[]> {
  const bosId = tokenizer.specialTokens.get(bos)!;
  const seen = documents.heldOut[0]!.slice(0, 40);
  const room = Math.max(1, Math.floor(choice.contextLength / 2));
  const begun = tokenizer.encode(seen).slice(0, room - 1);
  const prompts = [Int32Array.of(bosId), Int32Array.of(bosId, ...begun)];
  const completions = await model.generate(prompts, {
    maxNewTokens: Math.min(sampleTokens, choice.contextLength - room),
    ...{ temperature: 0.8, seed: 1, vocabularySize: tokenizer.vocabularySize, signal },
  });
  const written = (ids: Int32Array): string =>
    tokenizer.decode(ids.filter((id) => ![...tokenizer.specialTokens.values()].includes(id)));
  return [
    ['From nothing', written(completions[0]!.ids)],
    [`“${tokenizer.decode(begun)}” goes on`, written(completions[1]!.ids)],
  ];
}

/** Of the loop's events those that a view keeps. */
function loggedEvent(event: RunEvent): LoggedEvent | undefined {
  if (event.type === 'stage-start' || event.type === 'stage-end') return undefined;
  return { ...event, at };
}

export async function deleteTraining(store: ArtifactStore, name: string): Promise<void> {
  // First what makes it one, so that half of it is never opened.
  await store.delete(choiceKey(name));
  for (const key of await store.list(`${name}/`)) await store.delete(key);
}
