/**
 * Which model a command means: one of a run by its name there (`sft`), or anything that `loadModel` takes. A
 * folder that is called like a model of a run is `./sft`.
 */
import type { Assistant } from '@llm/assistant';
import { type LoadModelOptions, loadModel } from '@llm/assistant/node';
import { LlmError } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import type { PipelineOptions } from '../options.js';
import { presetOptions } from '../presets.js';
import { followPointer } from '../run/latest-run.js';
import { readRunConfig } from '../run/run-config.js';
import { existingRunDirectory } from '../run/run-directory.js';
import { checkArtifacts } from '../run/stage-artifacts.js';
import { readStageState } from '../run/stage-state.js';
import { quoted, typed } from '../terminal/typed-command.js';

export interface ModelFlags {
  readonly run?: string | undefined;
  readonly model?: string | undefined;
  readonly adapter?: string | undefined;
  readonly dtype?: LoadModelOptions['dtype'];
  readonly threads?: number | undefined;
}

export const runModelNames = ['pretrain', 'sft', 'rl', 'control'] as const;

/** A finished model of a run directory. */
export interface RunModelPlace {
  readonly name: string;
  readonly directory: string;
  readonly store: DirectoryStore;
  readonly options: PipelineOptions;
}

export interface ModelSource {
  /** As `loadModel` takes it. */
  readonly source: string;
  /** For people: `the sft model of runs/latest`. */
  readonly title: string;
  /** Where it is one of a run. */
  readonly place: RunModelPlace | undefined;
}

/** Throws what `findRunModel` does, and `pipeline/flag-without-input` for `--run` beside another source. */
export async function findModel(flags: Pick<ModelFlags, 'run' | 'model'>): Promise<ModelSource> {
  const { model, run } = flags;
  if (model === undefined || (runModelNames as readonly string[]).includes(model)) {
    const place = await findRunModel({ run, model });
    const { name, directory } = place;
    return { source: `${directory}#${name}`, title: `the ${name} model of ${directory}`, place };
  }
  if (run !== undefined)
    throw new LlmError({
      code: 'pipeline/flag-without-input',
      message: `--run says whose ${runModelNames.join(', ')} is meant, and --model is ${model}. Leave --run out.`,
    });
  const [, path = model, stage = ''] = /^(.*?)(#[\w-]+)?$/s.exec(model) ?? [];
  const isLocal = !/^(hf:|https?:)/i.test(model);
  return { source: isLocal ? followPointer(path) + stage : model, title: model, place: undefined };
}

/** The one asked for, or the last that is finished. Throws `pipeline/model-missing`, `pipeline/artifact-gone`. */
export async function findRunModel(flags: Pick<ModelFlags, 'run' | 'model'>): Promise<RunModelPlace> {
  const directory = existingRunDirectory(flags.run);
  const options = readRunConfig(directory) ?? presetOptions('default');
  const store = new DirectoryStore(directory);
  const wanted = flags.model === undefined ? ['rl', 'sft', 'pretrain'] : [flags.model];
  for (const name of wanted) {
    const state = await readStageState(store, name);
    if (state?.status !== 'complete') continue;
    await checkArtifacts(store, directory, state);
    return { name, directory, store, options };
  }
  throw new LlmError({
    code: 'pipeline/model-missing',
    message: `${directory} has no finished ${flags.model === undefined ? '' : `${flags.model} `}model yet. Go on with: ${typed(`run --run ${quoted(directory)}`)}`,
    details: { directory },
  });
}

/** Loads it; a run's model on the threads of its run unless others are asked for. */
export function openAssistant({ source, place }: ModelSource, flags: ModelFlags): Promise<Assistant> {
  const { adapter, dtype, threads = place?.options.threads } = flags;
  return loadModel(source, { adapter, dtype, threads });
}
