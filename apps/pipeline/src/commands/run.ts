/**
 * `llm run` and the stage commands: opens the run directory, runs what is not done yet, writes the report.
 */
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { type RunFlags, resolveOptions } from '../flags.js';
import { loadConversations } from '../material/conversations.js';
import type { PipelineOptions } from '../options.js';
import { type DataOutput, type OutputFlags, openDataOutput } from '../output/data-output.js';
import { sharedLines, stageRows } from '../report/report-lines.js';
import type { RunReport } from '../report/run-report.js';
import { writeReport } from '../report/write-report.js';
import { hasLatest, latestRun, pointLatestAt } from '../run/latest-run.js';
import { readRunConfig, writeRunConfig } from '../run/run-config.js';
import { type OpenedDirectory, openRunDirectory, wantedRunDirectory } from '../run/run-directory.js';
import { lockRun } from '../run/run-lock.js';
import { checkConflicts, runStages, type Stage } from '../run/stage-engine.js';
import { readStageState } from '../run/stage-state.js';
import { dataSteps } from '../stages/data.js';
import { pipelineStages } from '../stages/pipeline-stages.js';
import { formatBytes, formatSeconds } from '../terminal/format.js';
import { listenForInterruption } from '../terminal/interruption.js';
import type { Output } from '../terminal/output.js';
import { createProgressDisplay, type ProgressDisplay } from '../terminal/progress-display.js';
import { quoted, typed } from '../terminal/typed-command.js';

export interface RunCommand {
  readonly flags: RunFlags & OutputFlags & { readonly steps?: number | undefined };
  /** Name of the command: `run`, `data`, … */
  readonly command: string;
  /** The last stage to run; default: all. */
  readonly until: string | undefined;
  readonly output: Output;
}

export async function runPipeline({ flags, command, until, output }: RunCommand): Promise<void> {
  const isJson = flags.json ?? false;
  const display = createProgressDisplay(output, isJson);
  // Where nothing can be written is said before hours of work.
  const dataOutput = await openDataOutput(flags);
  const wanted = wantedDirectory(flags, command);
  const existing = wanted === undefined ? undefined : readRunConfig(wanted);
  const options = await resolveOptions(stepsOf(flags, command), existing, display.note);
  // Minutes may pass before SFT reads them: a mistake in them is said at once.
  const isRead = wanted !== undefined && (await isComplete(wanted, 'sft'));
  if (options.conversations.length > 0 && !isRead) await loadConversations(options);
  // So may pass before the first page is read.
  const isFiltered = wanted !== undefined && (await isComplete(wanted, 'data'));
  if (options.filters !== undefined && !isFiltered) await dataSteps(options);
  const report = await runIn(openRunDirectory(wanted), { options, command, until, display, dataOutput });
  if (!isJson) output.stdout.write(closingLines(report.directory, report.content));
}

interface Work {
  readonly options: PipelineOptions;
  readonly command: string;
  readonly until: string | undefined;
  readonly display: ProgressDisplay;
  readonly dataOutput: DataOutput | undefined;
}

/** Works on a directory that exists, under its lock. Throws `Interrupted` after Ctrl-C. */
async function runIn(
  { path, removeIfEmpty }: OpenedDirectory,
  { options, command, until, display, dataOutput }: Work,
): Promise<{ readonly directory: string; readonly content: RunReport }> {
  const stages = pipelineStages(options);
  const lost = new AbortController();
  const unlock = lockRun(path, { note: display.note, onLost: (error) => lost.abort(error) });
  const interruption = listenForInterruption(() =>
    display.note('Stopping after the current step… (Ctrl-C again exits at once)'),
  );
  let pointBack = (): void => undefined;
  try {
    await checkConflicts(path, stages);
    await writeRunConfig(path, options);
    pointBack = pointLatestAt(path);
    display.note(`run directory: ${path}`);
    await runStages({
      directory: path,
      command: ['llm', command, ...(until === undefined ? [] : [`(until ${until})`])].join(' '),
      stages,
      until,
      signal: AbortSignal.any([interruption.signal, lost.signal]),
      listener: display,
    });
    display.stop();
    if (dataOutput !== undefined) {
      const signal = AbortSignal.any([interruption.signal, lost.signal]);
      display.note(await dataOutput.write(path, options, signal));
    }
    return { directory: path, content: await writeReport(path) };
  } catch (error) {
    display.stop();
    if (lost.signal.aborted) throw lost.signal.reason;
    const isInterrupted = interruption.signal.aborted;
    await writeReport(path).catch(() => undefined);
    // The newest run is still the one before, while nothing is complete here.
    const isBegun = isInterrupted || (await hasComplete(path, stages).catch(() => true));
    if (!isBegun) pointBack();
    const isKept = isInterrupted || !removeIfEmpty();
    const goOn = typed(`${command} --run ${quoted(path)}`);
    if (isInterrupted) display.note(`Stopped; nothing is lost. Continue with: ${goOn}`);
    else if (isKept && !saysHowToGoOn(error))
      display.note(`What was done is kept in ${path}. Once it is mended, go on with: ${goOn}`);
    throw isInterrupted ? interruption.signal.reason : error;
  } finally {
    interruption.dispose();
    unlock();
  }
}

/** Nothing was done in such a session, and the message names the way. */
function saysHowToGoOn(error: unknown): boolean {
  const codes = ['options-conflict', 'artifact-gone', 'stage-state-invalid'];
  return LlmError.isInstance(error) && codes.some((code) => error.code === `pipeline/${code}`);
}

async function isComplete(directory: string, stage: string): Promise<boolean> {
  return (await readStageState(new DirectoryStore(directory), stage))?.status === 'complete';
}

async function hasComplete(directory: string, stages: readonly Stage[]): Promise<boolean> {
  for (const { name } of stages) if (await isComplete(directory, name)) return true;
  return false;
}

/** `run` and `data` begin something new unless told where; the others go on with the latest run. */
function wantedDirectory({ run }: RunFlags, command: string): string | undefined {
  const goesOn = run === undefined && command !== 'run' && command !== 'data' && hasLatest();
  return wantedRunDirectory(goesOn ? latestRun : run);
}

function stepsOf({ steps, ...flags }: RunCommand['flags'], command: string): RunFlags {
  return steps === undefined ? flags : { ...flags, [`${command}Steps`]: steps };
}

function closingLines(directory: string, report: RunReport): string {
  const rows = stageRows(report);
  const wide = Math.max(...rows.map(({ stage }) => stage.length));
  const lines = rows.map(
    ({ stage, result, cost }) =>
      `${stage.padEnd(wide)}  ${result}  (${formatSeconds(cost.wallSeconds)}, ${formatBytes(cost.peakMemoryBytes)})`,
  );
  const run = `--run ${quoted(directory)}`;
  return [
    '',
    ...lines,
    ...sharedLines(report).flatMap((line) => ['', line]),
    '',
    `report: ${join(directory, 'report.html')}`,
    report.complete ? `chat:   ${typed(`chat ${run}`)}` : `go on:  ${typed(`run ${run}`)}`,
    '',
  ].join('\n');
}
