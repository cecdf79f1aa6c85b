/** `llm lab`: experiments one after the other, each in a folder of its own below `lab/`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import type { Experiment } from '../lab/experiment.js';
import { experimentStage } from '../lab/experiment-stage.js';
import { experiments } from '../lab/experiments.js';
import { isInvented } from '../material/checkable-questions.js';
import { findRunModel, type RunModelPlace } from '../models/model-source.js';
import { hasLatest } from '../run/latest-run.js';
import { lockRun } from '../run/run-lock.js';
import { runStages } from '../run/stage-engine.js';
import { describeError } from '../terminal/describe-error.js';
import { listenForInterruption } from '../terminal/interruption.js';
import type { Output } from '../terminal/output.js';
import { createProgressDisplay } from '../terminal/progress-display.js';
import { typed } from '../terminal/typed-command.js';

export interface LabFlags {
  readonly run?: string | undefined;
  readonly out?: string | undefined;
  readonly seed?: number | undefined;
  readonly seeds?: number | undefined;
  readonly threads?: number | undefined;
  readonly json?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}

/**
 * `all` goes on after an experiment that fails. Throws `pipeline/experiment-unknown`,
 * `pipeline/experiments-failed` behind the last of them, what the one experiment throws that was named, and
 * what `findRunModel` throws where a run is needed or named.
 */
export async function runLab(
  name: string,
  flags: LabFlags,
  output: Output,
  all: readonly Experiment[] = experiments,
): Promise<void> {
  if (name === 'list') return listExperiments(all, output);
  const named = chosenExperiments(name, all);
  const isNeeded = name !== 'all' && named.some(({ needsRun }) => needsRun);
  const run =
    isNeeded || flags.run !== undefined ? await findRunModel({ run: flags.run }) : await latestRun();
  checkSeeds(name, named, flags);
  const display = createProgressDisplay(output, flags.json === true);
  const chosen = named.filter(({ needsRun }) => isNeeded || !needsRun || isMeasurable(run));
  if (chosen.length < named.length) display.note(leftOut(named.length - chosen.length, run));
  const directory = flags.out ?? (run === undefined ? 'lab' : join(run.directory, 'lab'));
  mkdirSync(directory, { recursive: true });
  // Models of this size gain little from a second thread, and with one the bits are the same on any machine.
  const threads = flags.threads ?? 1;
  const first = flags.seed ?? 1;
  const stages = chosen.map((experiment) => {
    const count = flags.seeds ?? experiment.seeds;
    const drawn = Array.from({ length: count }, (_, i) => first + i);
    // What a finished run holds was drawn by its own seed.
    const seeds = experiment.needsRun && run !== undefined ? [run.options.seed] : drawn;
    return experimentStage(experiment, { threads, run, seeds });
  });
  const lost = new AbortController();
  const unlock = lockRun(directory, { note: display.note, onLost: (error) => lost.abort(error) });
  const interruption = listenForInterruption(() =>
    display.note('Stopping after the current step… (Ctrl-C again exits at once)'),
  );
  const failed: string[] = [];
  try {
    for (const stage of stages) {
      try {
        await runStages({
          ...{ directory, stages: [stage], listener: display },
          command: `llm lab ${name}`,
          signal: AbortSignal.any([interruption.signal, lost.signal]),
        });
      } catch (error) {
        // One that fails takes nothing from the others.
        if (name !== 'all' || interruption.signal.aborted || lost.signal.aborted) throw error;
        failed.push(stage.name);
        display.stop();
        output.stderr.write(`${stage.name}: failed. ${describeError(error, flags.verbose === true)}\n`);
      }
    }
    display.stop();
    const done = stages.filter((stage) => !failed.includes(stage.name));
    if (flags.json !== true)
      for (const stage of done) output.stdout.write(`${join(directory, stage.name, 'report.html')}\n`);
    if (failed.length > 0) throw experimentsFailed(failed, stages.length);
  } catch (error) {
    display.stop();
    if (lost.signal.aborted) throw lost.signal.reason;
    if (!interruption.signal.aborted) throw error;
    display.note('Stopped; what was finished is kept. The same command goes on.');
    throw interruption.signal.reason;
  } finally {
    interruption.dispose();
    unlock();
  }
}

function chosenExperiments(name: string, all: readonly Experiment[]): readonly Experiment[] {
  if (name === 'all') return all;
  const found = all.find((experiment) => experiment.name === name);
  if (found !== undefined) return [found];
  throw new LlmError({
    code: 'pipeline/experiment-unknown',
    message: `There is no experiment "${name}". There are: ${all.map((one) => one.name).join(', ')}; "all" runs them all, and ${typed('lab list')} says what they are.`,
    details: { name },
  });
}

function experimentsFailed(failed: readonly string[], of: number): LlmError {
  return new LlmError({
    code: 'pipeline/experiments-failed',
    message: `${failed.length} of ${of} experiments failed: ${failed.join(', ')}. What was finished is kept; the same command tries them again.`,
    details: { failed: [...failed] },
  });
}

/** Throws `pipeline/flag-without-effect`. */
function checkSeeds(name: string, named: readonly Experiment[], { seed, seeds }: LabFlags): void {
  if (name === 'all' || !named[0]!.needsRun) return;
  for (const [flag, value] of Object.entries({ seed, seeds }))
    if (value !== undefined)
      throw new LlmError({
        code: 'pipeline/flag-without-effect',
        message: `--${flag} changes nothing about "${name}": it measures the models of a run, which are there. Leave it out, or make a run with ${typed('run --seed N')}.`,
      });
}

/** Of anything else than the invented web nobody knows what is true. */
function isMeasurable(run: RunModelPlace | undefined): boolean {
  return run !== undefined && isInvented(run.options);
}

function leftOut(count: number, run: RunModelPlace | undefined): string {
  const which = `${count} experiments measure a finished run of the invented web and are left out`;
  return run === undefined
    ? `${which}: there is none here. Make one with ${typed('run')}, or name it with --run.`
    : `${which}: ${run.directory} is about documents of your own.`;
}

/** The reports go to the newest run where there is one that has a model. */
async function latestRun(): Promise<RunModelPlace | undefined> {
  if (!hasLatest()) return undefined;
  try {
    return await findRunModel({});
  } catch (error) {
    if (LlmError.isInstance(error) && error.code === 'pipeline/model-missing') return undefined;
    throw error;
  }
}

function listExperiments(all: readonly Experiment[], { stdout }: Output): void {
  const wide = Math.max(...all.map(({ name }) => name.length));
  for (const { name, title, claim, minutes, seeds, needsRun } of all) {
    const seedText = seeds === 1 ? 'one seed' : `${seeds} seeds`;
    const needs = needsRun ? ', of a finished run' : '';
    const time = minutes < 1 ? 'seconds' : `about ${minutes} min`;
    stdout.write(`${name.padEnd(wide)}  ${title} (${time}, ${seedText}${needs})\n`);
    stdout.write(`${' '.repeat(wide)}  ${claim}\n`);
  }
}
