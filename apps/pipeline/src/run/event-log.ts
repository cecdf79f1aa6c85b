/**
 * `events.jsonl`: one line an event, append only, for the whole life of a run directory. A process that is
 * killed may leave half a line; readers skip what does not parse and the next writer starts on a new line.
 * Steps repeated after a kill appear twice with equal values; readers keep the last one of each step.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { LlmError, type RunEvent } from '@llm/core';
import { errorWithCode } from '../system-error.js';
import { jsonLine } from '../terminal/shown-text.js';
import type { Cost } from './machine-meter.js';
import type { StageSummary } from './stage-state.js';

/**
 * What a package says while a stage of the pipeline runs. Where a stage starts and ends, the pipeline says
 * itself.
 */
export type PackageEvent = Exclude<RunEvent, { readonly type: 'stage-start' | 'stage-end' }>;

interface Begins {
  /** The stage of the pipeline. */
  readonly at: string;
  readonly stage: string;
  readonly time: number;
}

/**
 * Everything that is kept in the log, and with `--json` printed: each thing that happens is one event of one
 * name.
 */
export type LoggedEvent =
  | (PackageEvent & { readonly at: string })
  | {
      /** A process started to work on the run directory. */
      readonly type: 'session-start';
      readonly time: number;
      readonly command: string;
    }
  /** A stage starts; with `resumed: false` what the log holds about it from before no longer counts. */
  | (Begins & { readonly type: 'stage-start'; readonly resumed: boolean })
  /** A stage that an earlier session completed. */
  | (Begins & { readonly type: 'stage-skip'; readonly summary: StageSummary })
  /** A stage is complete; its cost is that of all its sessions. */
  | (Begins & { readonly type: 'stage-end'; readonly summary: StageSummary } & StageCost)
  /** Cost of a stage so far in this session; the last one of each session counts. */
  | (Omit<Begins, 'stage'> & { readonly type: 'resources' } & Cost);

export const eventLogName = 'events.jsonl';

export interface EventLog {
  append(event: LoggedEvent): void;
  /** Everything appended outlives a power loss from here on. */
  sync(): void;
  close(): void;
}

/** Throws `pipeline/event-log-unwritable` when a line cannot be kept. */
export function openEventLog(runDirectory: string): EventLog {
  const path = join(runDirectory, eventLogName);
  const failed = (cause: unknown): LlmError =>
    new LlmError({
      code: 'pipeline/event-log-unwritable',
      message: `Cannot write ${path} (${errorWithCode(cause)?.code ?? 'unknown'}). Free some space or make the directory writable, then run the same command again; what was written before is intact.`,
      details: { path },
      cause,
    });
  const attempt = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (cause) {
      throw failed(cause);
    }
  };
  let isSynced = false;
  const file = attempt(() => openSync(path, 'a'));
  attempt(() => {
    if (endsInsideALine(path)) writeSync(file, '\n');
    syncName(runDirectory);
  });
  return {
    append: (event) => {
      isSynced = false;
      attempt(() => writeSync(file, jsonLine(event)));
    },
    sync: () => {
      if (isSynced) return;
      // A device has nothing to flush.
      if (statSync(path).isFile()) attempt(() => fsyncSync(file));
      isSynced = true;
    },
    close: () => closeSync(file),
  };
}

/** The name of a new file lives in its directory, which Windows cannot open. */
function syncName(directory: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(directory, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function endsInsideALine(path: string): boolean {
  const entry = statSync(path);
  if (!entry.isFile() || entry.size === 0) return false;
  const file = openSync(path, 'r');
  try {
    const last = Buffer.alloc(1);
    readSync(file, last, 0, 1, entry.size - 1);
    return last[0] !== 0x0a;
  } finally {
    closeSync(file);
  }
}

export function readEventLog(runDirectory: string): LoggedEvent[] {
  const path = join(runDirectory, eventLogName);
  if (!existsSync(path) || !statSync(path).isFile()) return [];
  const events: LoggedEvent[] = [];
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    try {
      const event = JSON.parse(line) as unknown;
      if (isEvent(event)) events.push(event);
    } catch {
      // a line cut by a kill: its step is repeated further down
    }
  }
  return events;
}

/** Whether a line has the fields that are read here: a file may be damaged without being cut. */
function isEvent(value: unknown): value is LoggedEvent {
  if (typeof value !== 'object' || value === null) return false;
  const { type, time, step, values, ...others } = value as Readonly<Record<string, unknown>>;
  if (typeof type !== 'string' || typeof time !== 'number') return false;
  // JSON writes what is no number as null; plots leave it out.
  if (type === 'metric') return typeof step === 'number' && isFigures(values, [null]);
  if (type !== 'resources') return true;
  // A log from before the other programs were measured says nothing of them.
  const { wallSeconds, peakMemoryBytes, cpuSeconds = 0, otherCpuSeconds = 0, processors = 0 } = others;
  return isFigures({ wallSeconds, peakMemoryBytes, cpuSeconds, otherCpuSeconds, processors });
}

function isFigures(value: unknown, others: readonly unknown[] = []): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((each) => typeof each === 'number' || others.includes(each))
  );
}

/** What the log says about one stage since it was last begun afresh. */
export function eventsOfStage(events: readonly LoggedEvent[], stage: string): LoggedEvent[] {
  const start = events.findLastIndex(
    (event) => event.type === 'stage-start' && event.at === stage && event.resumed === false,
  );
  const result: LoggedEvent[] = [];
  for (const [index, event] of events.entries()) {
    if (index < start) continue;
    if (event.type === 'session-start' || event.at === stage) result.push(event);
  }
  return result;
}

/** Over every session that worked on the stage; the largest value of memory and processors. */
export interface StageCost extends Cost {
  readonly sessions: number;
}

export function costOfStage(events: readonly LoggedEvent[], stage: string): StageCost {
  const lasts: Cost[] = [];
  let current: Cost | undefined;
  let [peakMemoryBytes, processors] = [0, 0];
  const endSession = (): void => {
    if (current !== undefined) lasts.push(current);
    current = undefined;
  };
  for (const event of eventsOfStage(events, stage)) {
    if (event.type === 'session-start' || event.type === 'stage-start') endSession();
    if (event.type !== 'resources') continue;
    current = event;
    peakMemoryBytes = Math.max(peakMemoryBytes, event.peakMemoryBytes);
    processors = Math.max(processors, event.processors ?? 0);
  }
  endSession();
  const sum = (pick: (cost: Cost) => number | undefined): number =>
    Math.round(lasts.reduce((total, cost) => total + (pick(cost) ?? 0), 0) * 1000) / 1000;
  return {
    wallSeconds: sum((cost) => cost.wallSeconds),
    peakMemoryBytes,
    // A log from before these were measured has none.
    cpuSeconds: sum((cost) => cost.cpuSeconds),
    otherCpuSeconds: sum((cost) => cost.otherCpuSeconds),
    processors,
    sessions: lasts.length,
  };
}

export interface MetricPoint {
  readonly step: number;
  readonly time: number;
  readonly values: Readonly<Record<string, number>>;
}

/** Metric events of one stage in step order, the last of each step, filtered to those that hold `name`. */
export function metricsOfStage(events: readonly LoggedEvent[], stage: string, name: string): MetricPoint[] {
  const bySteps = new Map<number, MetricPoint>();
  for (const event of eventsOfStage(events, stage)) {
    if (event.type === 'metric' && name in event.values)
      bySteps.set(event.step, { step: event.step, time: event.time, values: event.values });
  }
  return [...bySteps.values()].sort((a, b) => a.step - b.step);
}
