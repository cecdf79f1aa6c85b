/** `llm run` and the stage commands: opens the run directory, runs what is not done yet, writes the report. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type RunFlags, resolveOptions } from '../flags.js';
import { stageRows } from '../report/markdown-report.js';
import type { RunReport } from '../report/run-report.js';
import { writeReport } from '../report/write-report.js';
import { readRunConfig, writeRunConfig } from '../run/run-config.js';
import { newRunDirectory, openRunDirectory, pointLatestAt, runsDirectory } from '../run/run-directory.js';
import { lockRun } from '../run/run-lock.js';
import { checkConflicts, runStages } from '../run/stage-engine.js';
import { loadConversations } from '../stages/conversations.js';
import { pipelineStages } from '../stages/pipeline-stages.js';
import { formatBytes, formatSeconds } from '../terminal/format.js';
import { type Interrupted, listenForInterruption } from '../terminal/interruption.js';
import type { Output } from '../terminal/output.js';
import { createProgressDisplay } from '../terminal/progress-display.js';

export interface RunCommand {
  readonly flags: RunFlags & { readonly steps?: number | undefined };
  /** Name of the command: `run`, `data`, … */
  readonly command: string;
  /** The last stage to run; default: all. */
  readonly until: string | undefined;
  readonly output: Output;
}

export async function runPipeline({ flags, command, until, output }: RunCommand): Promise<void> {
  const wanted = wantedDirectory(flags, command);
  const options = resolveOptions(stepsOf(flags, command), readRunConfig(wanted));
  // Minutes may pass before SFT reads them: a mistake in them is said at once.
  if (options.conversations.length > 0) await loadConversations(options);
  const directory = openRunDirectory(wanted);
  const unlock = lockRun(directory);
  const display = createProgressDisplay(output, flags.json ?? false);
  const interruption = listenForInterruption(() =>
    display.note('Stopping after the current step… (Ctrl-C again exits at once)'),
  );
  try {
    const stages = pipelineStages(options);
    await checkConflicts(directory, stages);
    await writeRunConfig(directory, options);
    pointLatestAt(directory);
    display.note(`run directory: ${directory}`);
    const typed = ['llm', command, ...(until === undefined ? [] : [`(until ${until})`])].join(' ');
    await runStages({
      directory,
      command: typed,
      stages,
      until,
      signal: interruption.signal,
      listener: display,
    });
    display.stop();
    const report = await writeReport(directory);
    if (!(flags.json ?? false)) output.stdout.write(closingLines(directory, report));
  } catch (error) {
    display.stop();
    if (!interruption.signal.aborted) throw error;
    await writeReport(directory);
    output.stderr.write(`Stopped; nothing is lost. Continue with: llm ${command} --run ${directory}\n`);
    throw interruption.signal.reason as Interrupted;
  } finally {
    interruption.dispose();
    unlock();
  }
}

/** `run` and `data` begin something new unless told where; the others go on with the latest run. */
function wantedDirectory(flags: RunFlags, command: string): string {
  const latest = join(runsDirectory, 'latest');
  if (flags.run !== undefined) return flags.run;
  const goesOn = command !== 'run' && command !== 'data' && existsSync(join(latest, 'config.json'));
  return goesOn ? latest : newRunDirectory();
}

function stepsOf({ steps, ...flags }: RunCommand['flags'], command: string): RunFlags {
  return steps === undefined ? flags : { ...flags, [`${command}Steps`]: steps };
}

function closingLines(directory: string, report: RunReport): string {
  const rows = stageRows(report);
  const wide = Math.max(...rows.map(({ stage }) => stage.length));
  const lines = rows.map(
    ({ stage, result, wallSeconds, peakMemoryBytes }) =>
      `${stage.padEnd(wide)}  ${result}  (${formatSeconds(wallSeconds)}, ${formatBytes(peakMemoryBytes)})`,
  );
  return [
    '',
    ...lines,
    '',
    `report: ${join(directory, 'report.html')}`,
    report.complete ? `chat:   npm run chat -- --run ${directory}` : `go on:  llm run --run ${directory}`,
    '',
  ].join('\n');
}
