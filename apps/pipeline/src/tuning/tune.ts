/**
 * What every training outside a run has in common: look at the memory first, make the model, go on from the
 * newest checkpoint, train with checkpoints, and leave the result. What is trained on, a command says.
 */
import type { JsonValue, RunEventListener } from '@llm/core';
import type { TrainingOptions } from '@llm/core/training';
import type { Objective } from '@llm/graph';
import { createNodeExecutor } from '@llm/graph/node';
import { checkpointHooks, createTransformer, type TrainingMemoryOptions, type Transformer } from '@llm/model';
import { checkpointPrefix, newestWholeCheckpoint } from '../models/stage-checkpoints.js';
import { lockRun } from '../run/run-lock.js';
import { formatSeconds } from '../terminal/format.js';
import { listenForInterruption } from '../terminal/interruption.js';
import type { Output } from '../terminal/output.js';
import { jsonLine } from '../terminal/shown-text.js';
import { quoted } from '../terminal/typed-command.js';
import { type CriticTask, createCritic, criticHooks, restoreCritic } from './critic-model.js';
import { memoryLimit } from './memory-limit.js';
import { type Alternative, advice, checkMemory, planLines, planMemory } from './memory-plan.js';
import type { TunableModel } from './open-tunable.js';
import { tuningOptimizer } from './open-tunable.js';
import { estimateStepSeconds } from './step-speed.js';
import { openTuningDirectory, type TuningDirectory } from './tuning-directory.js';
import { type TuningDisplay, tuningDisplay } from './tuning-display.js';
import type { TuningFlags } from './tuning-flags.js';
import { rewardFolder, writeTuned } from './write-tuned.js';

export interface TuningTask {
  /** `sft` or `rl`: of the folder, of events. */
  readonly name: string;
  readonly title: string;
  readonly flags: TuningFlags;
  readonly output: Output;
  readonly tunable: TunableModel;
  /** Default of `--out`. */
  readonly directory: string;
  /** What decides the result beside the model, how it is read and computed. */
  readonly settings: Readonly<Record<string, JsonValue>>;
  readonly steps: number;
  /** Rows and columns of what is computed at once, for the plan. */
  readonly shape: Pick<TrainingMemoryOptions, 'rows' | 'columns' | 'shared' | 'answers'>;
  /** Rows of a whole step. */
  readonly rows: number;
  readonly objective?: Objective | undefined;
  /** What else is held while it trains. Default: nothing. */
  readonly besideBytes?: number | undefined;
  /** A second model that is trained beside it. Default: none. */
  readonly critic?: CriticTask | undefined;
  /** Trains from `model.stepsTaken` to `steps`; returns the line that says what came of it. */
  train(work: TuningWork): Promise<string>;
}

export interface TuningWork {
  readonly model: Transformer;
  /** Where the task has one. */
  readonly critic: Transformer | undefined;
  readonly directory: TuningDirectory;
  readonly hooks: Required<Pick<TrainingOptions, 'stage' | 'onCheckpoint' | 'signal' | 'onEvent'>> &
    Pick<TrainingOptions, 'saveEvery' | 'rowsAtOnce'>;
  readonly note: (line: string) => void;
}

/**
 * Throws `pipeline/memory-short`, what `openTuningDirectory` throws, `Interrupted`, and what training throws.
 */
export async function tune(task: TuningTask): Promise<void> {
  const { name, flags, output, tunable } = task;
  // Measuring and answering have sessions of their own: what each keeps would come on top of the plan.
  const executor = createNodeExecutor({ threads: flags.threads, memory: flags.memory ?? 'compact' });
  const planned = {
    config: tunable.loaded.config,
    parameters: tunable.parameters,
    lora: tunable.lora,
    optimizer: tuningOptimizer(),
    objective: task.objective,
    memory: flags.memory,
    ...task.shape,
  };
  const { programBytes, readBytes } = tunable;
  const { critic: criticTask, besideBytes } = task;
  const answersMeanwhile = task.shape.answers !== undefined;
  const surroundings = { programBytes, readBytes, answersMeanwhile, critic: criticTask, besideBytes };
  const plan = planMemory(planned, surroundings);
  const limit = memoryLimit();
  if (flags.dryRun === true) {
    const work = { ...plan, config: planned.config, rows: task.rows };
    const models = task.critic === undefined ? 1 : 2;
    const secondsPerStep = models * (await estimateStepSeconds(executor, work));
    const fits = plan.peakBytes <= limit;
    if (flags.json === true)
      output.stdout.write(jsonLine({ ...plan, limitBytes: limit, fits, steps: task.steps, secondsPerStep }));
    else {
      const whole = formatSeconds(task.steps * secondsPerStep);
      const speed = `about ${formatSeconds(secondsPerStep)} a step (to a factor of two), ${whole} for ${task.steps}`;
      const lines = [...planLines(plan, limit), speed];
      if (!fits)
        lines.push(
          `This does not fit. ${advice(limit, { alternatives: alternatives(task, planned), surroundings })}`,
        );
      output.stdout.write(`${lines.join('\n')}\n`);
    }
    return;
  }
  if (flags.force !== true)
    checkMemory(plan, limit, { alternatives: alternatives(task, planned), surroundings });
  const settings = {
    model: flags.model,
    dtype: flags.dtype ?? null,
    lora: (tunable.lora ?? null) as JsonValue,
    memory: flags.memory ?? null,
    threads: flags.threads ?? null,
    ...task.settings,
  };
  const directory = await openTuningDirectory(flags.out ?? task.directory, settings, {
    resume: flags.resume ?? false,
  });
  const lost = new AbortController();
  const resumed = flags.resume ?? false;
  const display = tuningDisplay(output, { name, title: task.title, resumed, json: flags.json ?? false });
  const unlock = lockRun(directory.path, { note: display.note, onLost: (error) => lost.abort(error) });
  await directory.clearAway([name, rewardFolder]);
  const interruption = listenForInterruption(() =>
    display.note('Stopping after the current step… (Ctrl-C again exits at once)'),
  );
  const signal = AbortSignal.any([interruption.signal, lost.signal]);
  const made = { ...planned, parameters: tunable.takeParameters(), executor, seed: flags.seed };
  const model = await createTransformer(made);
  const critic = task.critic && (await createCritic(made, task.critic));
  // The models have copies.
  made.parameters = new Map();
  try {
    const headline = await trainAndWrite(task, { model, critic, directory, display, signal });
    display.finish(headline);
    if (flags.json !== true)
      output.stdout.write(
        `${resultLine(flags, directory.path, tunable.loaded.config.scalarHead === true)}\n`,
      );
  } catch (error) {
    display.finish();
    if (lost.signal.aborted) throw lost.signal.reason;
    if (!interruption.signal.aborted) throw error;
    display.note(
      `Stopped; nothing is lost. The same command with --resume --out ${quoted(directory.path)} goes on.`,
    );
    throw interruption.signal.reason;
  } finally {
    interruption.dispose();
    unlock();
    await critic?.dispose();
    await model.dispose();
  }
}

interface Work {
  readonly model: Transformer;
  readonly critic: Transformer | undefined;
  readonly directory: TuningDirectory;
  readonly display: TuningDisplay;
  readonly signal: AbortSignal;
}

async function trainAndWrite(task: TuningTask, work: Work): Promise<string> {
  const { model, critic, directory, display, signal } = work;
  const { name, flags, tunable } = task;
  const { store } = directory;
  const onEvent: RunEventListener = display.event;
  const checkpoint = await newestWholeCheckpoint(store, name, onEvent);
  if (checkpoint !== undefined) {
    await model.restore(checkpoint.snapshot);
    if (critic !== undefined) await restoreCritic(store, name, critic, checkpoint.snapshot.stepsTaken);
  }
  const { config } = tunable.loaded;
  const policyHooks = checkpointHooks(store, checkpointPrefix(name), {
    model,
    config,
    lora: tunable.lora,
    keep: 1,
  });
  const onCheckpoint = critic
    ? criticHooks(store, name, { critic, lora: tunable.lora, next: policyHooks.onCheckpoint })
    : policyHooks.onCheckpoint;
  const { saveEvery, rowsAtOnce } = flags;
  const hooks = { stage: name, onCheckpoint, signal, onEvent, saveEvery, rowsAtOnce };
  const headline = await task.train({ model, critic, directory, hooks, note: display.note });
  await writeTuned(store, { ...tunable, model, source: flags.model, merge: flags.merge ?? false });
  return headline;
}

function resultLine({ lora, merge, model }: TuningFlags, path: string, scores: boolean): string {
  if (scores) return `${path}/${rewardFolder}: a reward model, for llm rl --model … --reward-model`;
  return lora === undefined || merge === true
    ? `${path}: a model in the layout of Hugging Face (a SOURCE for every command)`
    : `${path}: a LoRA adapter in the layout of PEFT, for ${model}`;
}

/** What would need less, the least change first. */
function alternatives(task: TuningTask, planned: TrainingMemoryOptions): Alternative[] {
  const { flags, shape, tunable } = task;
  const found: Alternative[] = [];
  const add = (flag: string, changes: Partial<TrainingMemoryOptions>): unknown =>
    found.push({ flag, options: { ...planned, ...changes } });
  if (flags.memory !== 'compact') add('--memory compact', { memory: 'compact' });
  if (shape.rows > 1) add('--rows-at-once 1', { rows: 1 });
  if (flags.memory !== 'compact' && shape.rows > 1)
    add('--memory compact --rows-at-once 1', { rows: 1, memory: 'compact' });
  const columns = Math.floor(shape.columns / 2);
  if (columns >= 64 && task.name === 'sft') add(`--columns ${columns}`, { columns });
  const lora = tunable.lora ?? { rank: 16 };
  if (tunable.lora === undefined) {
    add('--lora 16', { lora });
    add('--lora 16 --memory compact --rows-at-once 1', { lora, memory: 'compact', rows: 1 });
  }
  if (tunable.lora !== undefined && flags.dtype !== 'q4')
    add('--dtype q4 --memory compact --rows-at-once 1', {
      dtype: 'q4',
      memory: 'compact',
      rows: 1,
    });
  return found;
}
