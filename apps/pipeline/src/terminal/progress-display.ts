/**
 * What the person in front of the terminal sees of a run. Everything is drawn from events: a bar on a
 * terminal, a line every few seconds into a file or a pipe, or the events themselves with `--json`.
 */
import cliProgress from 'cli-progress';
import type { PackageEvent, StageCost } from '../run/event-log.js';
import { wasShared } from '../run/machine-meter.js';
import type { Stage, StageListener } from '../run/stage-engine.js';
import { formatBytes, formatSeconds } from './format.js';
import type { Output, TerminalStream } from './output.js';
import { jsonLine, shownLine } from './shown-text.js';
import { StageActivity } from './stage-activity.js';

export interface ProgressDisplay extends StageListener {
  /** A line that stays. */
  note(line: string): void;
  /** Takes a bar off the screen before something else is printed. */
  stop(): void;
}

export function createProgressDisplay(output: Output, json: boolean): ProgressDisplay {
  if (json) return jsonDisplay(output);
  return output.terminal === undefined ? lineDisplay(output, 5000) : barDisplay(output.terminal);
}

type Line = (line: string) => void;

function startLine(stage: Stage, resumed: boolean): string {
  return `${stage.name}: ${stage.title}${resumed ? ' (continuing)' : ''}`;
}

const skipLine = (stage: Stage): string => `${stage.name}: done before`;

function finishLine(stage: Stage, headline: string, cost: StageCost): string {
  const others = wasShared(cost)
    ? `; other programs used ${(cost.otherCpuSeconds / cost.wallSeconds).toFixed(1)} of ${cost.processors} processors`
    : '';
  return `${stage.name}: done in ${formatSeconds(cost.wallSeconds)}, ${formatBytes(cost.peakMemoryBytes)}${others}. ${headline}`;
}

/** Says a warning once per code, then counts. */
class Warnings {
  #seen = new Map<string, number>();

  add(event: PackageEvent & { type: 'warning' }, print: Line): void {
    const count = (this.#seen.get(event.code) ?? 0) + 1;
    this.#seen.set(event.code, count);
    if (count === 1) print(`warning: ${event.message}`);
  }

  summarize(print: Line): void {
    for (const [code, count] of this.#seen) if (count > 1) print(`warning: ${code}: ${count} times`);
    this.#seen.clear();
  }
}

export function lineDisplay({ stderr }: Output, intervalMilliseconds: number): ProgressDisplay {
  const print: Line = (line) => void stderr.write(`${shownLine(line)}\n`);
  const warnings = new Warnings();
  let activity = new StageActivity('');
  let lastLine = 0;
  return {
    note: print,
    stop: () => undefined,
    stageStarted: (stage, resumed) => {
      activity = new StageActivity(stage.name);
      lastLine = Date.now();
      print(startLine(stage, resumed));
    },
    stageSkipped: (stage) => print(skipLine(stage)),
    stageFinished: (stage, summary, cost) => {
      warnings.summarize(print);
      print(finishLine(stage, stage.headline(summary), cost));
    },
    event: (stage, event) => {
      if (event.type === 'warning') warnings.add(event, print);
      if (activity.update(event) && event.time - lastLine >= intervalMilliseconds) {
        lastLine = event.time;
        print(`  ${stage.name}  ${activity.describe(event.time)}`);
      }
    },
  };
}

function barDisplay(terminal: TerminalStream): ProgressDisplay {
  const warnings = new Warnings();
  let activity = new StageActivity('');
  let bar: cliProgress.SingleBar | undefined;
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  const print: Line = (line) => {
    const paused = bar !== undefined;
    stop();
    terminal.write(`${shownLine(line)}\n`);
    if (paused) start();
  };
  const start = (): void => {
    bar = new cliProgress.SingleBar({
      stream: terminal,
      format: (options, params) => {
        const size = 24;
        const full = Math.round(params.progress * size);
        const drawn = `${options.barCompleteString?.slice(0, full)}${options.barIncompleteString?.slice(0, size - full)}`;
        return shownLine(`${activity.label.padEnd(10)} ${drawn} ${activity.describe()}`).slice(
          0,
          (terminal.columns ?? 100) - 1,
        );
      },
      barCompleteChar: '█',
      barIncompleteChar: '░',
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false,
      forceRedraw: true,
      fps: 8,
    });
    bar.start(activity.total ?? 1, activity.total ? activity.done : 0);
  };
  return {
    note: print,
    stop,
    stageStarted: (stage, resumed) => {
      stop();
      activity = new StageActivity(stage.name);
      print(startLine(stage, resumed));
      start();
    },
    stageSkipped: (stage) => print(skipLine(stage)),
    stageFinished: (stage, summary, cost) => {
      stop();
      warnings.summarize(print);
      print(finishLine(stage, stage.headline(summary), cost));
    },
    event: (_stage, event) => {
      if (event.type === 'warning') warnings.add(event, print);
      if (!activity.update(event)) return;
      bar?.setTotal(activity.total ?? 1);
      bar?.update(activity.total ? activity.done : 0);
    },
  };
}

/** The log as it is written, and nothing else on standard output. */
function jsonDisplay({ stdout, stderr }: Output): ProgressDisplay {
  const nothing = (): void => undefined;
  return {
    note: (text) => void stderr.write(`${shownLine(text)}\n`),
    stop: nothing,
    stageStarted: nothing,
    stageSkipped: nothing,
    stageFinished: nothing,
    event: nothing,
    logged: (event) => void stdout.write(jsonLine(event)),
  };
}
