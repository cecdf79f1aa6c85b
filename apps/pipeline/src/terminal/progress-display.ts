/**
 * What the person in front of the terminal sees of a run. Everything is drawn from events: a bar on a
 * terminal, a line every few seconds into a file or a pipe, or the events themselves with `--json`.
 */
import type { RunEvent } from '@llm/core';
import cliProgress from 'cli-progress';
import type { Stage, StageListener } from '../run/stage-engine.js';
import { formatBytes, formatSeconds } from './format.js';
import type { Output } from './output.js';
import { StageActivity } from './stage-activity.js';

export interface ProgressDisplay extends StageListener {
  /** A line that stays. */
  note(line: string): void;
  /** Takes a bar off the screen before something else is printed. */
  stop(): void;
}

export function createProgressDisplay(output: Output, json: boolean): ProgressDisplay {
  if (json) return jsonDisplay(output);
  return output.stderr.isTTY === true ? barDisplay(output) : lineDisplay(output, 5000);
}

type Line = (line: string) => void;

function startLine(stage: Stage, resumed: boolean): string {
  return `${stage.name}: ${stage.title}${resumed ? ' (continuing)' : ''}`;
}

const skipLine = (stage: Stage): string => `${stage.name}: done before`;

function finishLine(
  stage: Stage,
  headline: string,
  cost: { wallSeconds: number; peakMemoryBytes: number },
): string {
  return `${stage.name}: done in ${formatSeconds(cost.wallSeconds)}, ${formatBytes(cost.peakMemoryBytes)}. ${headline}`;
}

/** Says a warning once per code, then counts. */
class Warnings {
  #seen = new Map<string, number>();

  add(event: RunEvent & { type: 'warning' }, print: Line): void {
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
  const print: Line = (line) => void stderr.write(`${line}\n`);
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
        print(`  ${stage.name}  ${activity.describe()}`);
      }
    },
  };
}

function barDisplay({ stderr }: Output): ProgressDisplay {
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
    stderr.write(`${line}\n`);
    if (paused) start();
  };
  const start = (): void => {
    bar = new cliProgress.SingleBar({
      stream: stderr,
      format: (options, params) => {
        const size = 24;
        const full = Math.round(params.progress * size);
        const drawn = `${options.barCompleteString?.slice(0, full)}${options.barIncompleteString?.slice(0, size - full)}`;
        return `${activity.label.padEnd(10)} ${drawn} ${activity.describe()}`.slice(
          0,
          (stderr.columns ?? 100) - 1,
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

function jsonDisplay({ stdout, stderr }: Output): ProgressDisplay {
  const line = (value: object): void => void stdout.write(`${JSON.stringify(value)}\n`);
  const at = (stage: Stage): { at: string; time: number } => ({ at: stage.name, time: Date.now() });
  return {
    note: (text) => void stderr.write(`${text}\n`),
    stop: () => undefined,
    stageStarted: (stage, resumed) => line({ type: 'stage-begin', ...at(stage), resumed }),
    stageSkipped: (stage, summary) => line({ type: 'stage-skip', ...at(stage), summary }),
    stageFinished: (stage, summary, cost) => line({ type: 'stage-complete', ...at(stage), summary, ...cost }),
    event: (stage, event) => line({ ...event, at: stage.name }),
  };
}
