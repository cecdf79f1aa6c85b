/** Which model of a run a command talks to: the one asked for, or the last one that is finished. */
import { LlmError } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { type OpenModel, openModel } from '../models/open-model.js';
import type { PipelineOptions } from '../options.js';
import { presetOptions } from '../presets.js';
import { readRunConfig } from '../run/run-config.js';
import { existingRunDirectory } from '../run/run-directory.js';
import { checkArtifacts } from '../run/stage-artifacts.js';
import { readStageState } from '../run/stage-state.js';
import { quoted, typed } from '../terminal/typed-command.js';

export interface ModelFlags {
  readonly run?: string | undefined;
  readonly model?: 'pretrain' | 'sft' | 'rl' | 'control' | undefined;
  readonly threads?: number | undefined;
  readonly seed: number;
}

export interface RunModel extends OpenModel {
  readonly name: string;
  readonly directory: string;
  readonly store: DirectoryStore;
  readonly options: PipelineOptions;
}

/** Throws `pipeline/model-missing`, and `pipeline/artifact-gone` when it was there once. */
export async function openRunModel(flags: ModelFlags): Promise<RunModel> {
  const directory = existingRunDirectory(flags.run);
  const options = readRunConfig(directory) ?? presetOptions('default');
  const store = new DirectoryStore(directory);
  const wanted = flags.model === undefined ? ['rl', 'sft', 'pretrain'] : [flags.model];
  for (const name of wanted) {
    const state = await readStageState(store, name);
    if (state?.status !== 'complete') continue;
    await checkArtifacts(store, directory, state);
    const opened = await openModel(store, name, { threads: flags.threads ?? options.threads });
    return { ...opened, name, directory, store, options };
  }
  throw new LlmError({
    code: 'pipeline/model-missing',
    message: `${directory} has no finished ${flags.model === undefined ? '' : `${flags.model} `}model yet. Go on with: ${typed(`run --run ${quoted(directory)}`)}`,
    details: { directory },
  });
}
