/**
 * `llm export DIR --to torchrun` and `llm import DIR`: the base model of a run goes on in PyTorch, and comes
 * back into the run as a checkpoint that `llm run` goes on from.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { loadCheckpoint, saveCheckpoint } from '@llm/model';
import { exportTorchrun, importTorchrun, writeTokenShards } from '@llm/model/node';
import { readCorpus } from '../material/corpus.js';
import { finishedModelFiles } from '../models/model-files.js';
import { openLanguage } from '../models/open-model.js';
import { checkpointPrefix, modelPrefix, newestWholeCheckpoint } from '../models/stage-checkpoints.js';
import { trainingOptimizer } from '../models/training-optimizer.js';
import { presetOptions } from '../presets.js';
import { readRunConfig } from '../run/run-config.js';
import { existingRunDirectory } from '../run/run-directory.js';
import { readStageState } from '../run/stage-state.js';
import { pretrainSchedule } from '../stages/pretrain.js';
import type { Output } from '../terminal/output.js';
import { quoted, typed } from '../terminal/typed-command.js';

const stage = 'pretrain';

export interface HandOnFlags {
  readonly run?: string | undefined;
  /** As of `llm export`: a run goes on with its base model alone. */
  readonly model?: string | undefined;
  readonly dtype?: string | undefined;
  readonly adapter?: string | undefined;
  /** Steps of the whole training. Default: the run's, and twice as many once those are done. */
  readonly steps?: number | undefined;
  /** Replace what is there. */
  readonly force?: boolean | undefined;
}

/** Writes `out` for `torchrun`. A finished model goes on with moments at zero: a run does not keep them. */
export async function handOnRun(out: string, flags: HandOnFlags, output: Output): Promise<void> {
  for (const name of ['dtype', 'adapter'] as const)
    if (flags[name] !== undefined)
      throw new LlmError({
        code: 'pipeline/flag-without-input',
        message: `--${name} is for other formats: torchrun takes the numbers that are trained. Leave it out.`,
      });
  if (flags.model !== undefined && flags.model !== stage)
    throw new LlmError({
      code: 'pipeline/flag-without-input',
      message: `--model is ${flags.model}, and only the base model of a run goes on under torchrun. Say --run DIR, or export another format.`,
    });
  if (flags.force !== true && existsSync(out) && readdirSync(out).length > 0)
    throw new LlmError({
      code: 'pipeline/output-exists',
      message: `${out} is there already. Name another folder, or replace it with --force.`,
    });
  const { directory, store, options } = openRun(flags.run);
  const { seed, pretrain: training } = options;
  const isComplete = (await readStageState(store, stage))?.status === 'complete';
  const checkpoint = isComplete
    ? await loadCheckpoint(store, modelPrefix(stage))
    : await newestWholeCheckpoint(store, stage, (event) => {
        if (event.type === 'warning') output.stderr.write(`${event.message}\n`);
      });
  if (checkpoint === undefined)
    throw new LlmError({
      code: 'pipeline/model-missing',
      message: `${directory} has no base model yet, nor a checkpoint of one. Go on with: ${typed(`pretrain --run ${quoted(directory)}`)}`,
      details: { directory },
    });
  const { config, snapshot } = checkpoint;
  const steps = flags.steps ?? training.steps * (isComplete ? 2 : 1);
  const { tokenizer, tokenizerJson } = await openLanguage(store);
  const bosToken = tokenizer.specialTokens.get('<|bos|>')!;
  const shards = mkdtempSync(join(tmpdir(), 'llm-tokens-'));
  try {
    await writeTokenShards(shards, { tokenizer, documents: (await readCorpus(store, training)).training });
    await exportTorchrun(out, {
      config,
      snapshot,
      optimizer: trainingOptimizer(training.weightDecay),
      shards,
      feed: { rows: training.rows, columns: training.columns, seed, bosToken },
      steps,
      schedule: pretrainSchedule({ ...training, steps }),
      saveEvery: training.saveEvery,
      ...finishedModelFiles(stage, tokenizerJson),
    });
  } finally {
    rmSync(shards, { recursive: true, force: true });
  }
  if (isComplete)
    output.stderr.write('The base model is finished: its optimizer begins anew, with moments at zero.\n');
  if (training.copyingShare > 0 || training.inputNoise > 0)
    output.stderr.write('Pages alone are read there: rows of copying among them and noise stay here.\n');
  output.stdout.write(
    `${out}: step ${snapshot.stepsTaken} of ${steps}. Go on there with ./launch.sh, or sbatch train.sbatch; bring it back with: ${typed(`import ${quoted(out)} --run ${quoted(directory)}`)}\n`,
  );
}

/** Puts the newest checkpoint of `from` into a run whose base model is not finished. */
export async function takeBackRun(
  from: string,
  flags: Pick<HandOnFlags, 'run'>,
  output: Output,
): Promise<void> {
  const { directory, store } = openRun(flags.run);
  if ((await readStageState(store, stage))?.status === 'complete')
    throw new LlmError({
      code: 'pipeline/stage-complete',
      message: `The base model of ${directory} is finished, and what was built on it would no longer belong to it. Use ${from} as it is (its model/ is a model like any other), or import it into another run.`,
      details: { directory },
    });
  const { config, snapshot } = await importTorchrun(from);
  const { tokenizerJson } = await openLanguage(store);
  const files = finishedModelFiles(stage, tokenizerJson);
  await saveCheckpoint(store, checkpointPrefix(stage), { config, snapshot, ...files });
  output.stdout.write(
    `${directory} stands at step ${snapshot.stepsTaken} of its base model. Go on with: ${typed(`run --run ${quoted(directory)}`)}\n`,
  );
}

function openRun(run: string | undefined) {
  const directory = existingRunDirectory(run);
  const options = readRunConfig(directory) ?? presetOptions('default');
  return { directory, store: new DirectoryStore(directory), options };
}
