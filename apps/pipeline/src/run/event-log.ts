/**
 * `events.jsonl`: one line an event, append only, for the whole life of a run directory. A process that is
 * killed may leave half a line; readers skip what does not parse and the next writer starts on a new line.
 * Steps repeated after a kill appear twice with equal values; readers keep the last one of each step.
 */
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LlmError, type RunEvent } from '@llm/core';
import { errorWithCode } from '../system-error.js';

/** Events of the packages, tagged with the stage of the pipeline (`at`) they belong to, and the engine's own. */
export type LoggedEvent =
  | (RunEvent & { readonly at: string })
  | {
      /** A process started to work on the run directory. */
      readonly type: 'session-start';
      readonly time: number;
      readonly command: string;
    }
  | {
      /** A stage begins; with `resumed: false` what the log holds about it from before no longer counts. */
      readonly type: 'stage-begin';
      readonly at: string;
      readonly time: number;
      readonly resumed: boolean;
    }
  | {
      /** Cost of a stage so far in this session; the last one of each session counts. */
      readonly type: 'resources';
      readonly at: string;
      readonly time: number;
      readonly wallSeconds: number;
      readonly peakMemoryBytes: number;
    };

export const eventLogName = 'events.jsonl';

export interface EventLog {
  append(event: LoggedEvent): void;
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
  let file: number;
  try {
    file = openSync(path, 'a');
    if (endsInsideALine(path)) writeSync(file, '\n');
  } catch (cause) {
    throw failed(cause);
  }
  return {
    append: (event) => {
      try {
        writeSync(file, `${JSON.stringify(event)}\n`);
      } catch (cause) {
        throw failed(cause);
      }
    },
    close: () => closeSync(file),
  };
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
      events.push(JSON.parse(line) as LoggedEvent);
    } catch {
      // a line cut by a kill: its step is repeated further down
    }
  }
  return events;
}

/** What the log says about one stage since it was last begun afresh. */
export function eventsOfStage(events: readonly LoggedEvent[], stage: string): LoggedEvent[] {
  const start = events.findLastIndex(
    (event) => event.type === 'stage-begin' && event.at === stage && !event.resumed,
  );
  const result: LoggedEvent[] = [];
  for (const [index, event] of events.entries()) {
    if (index < start) continue;
    if (event.type === 'session-start' || event.at === stage) result.push(event);
  }
  return result;
}

export interface StageCost {
  /** Over every session that worked on the stage. */
  readonly wallSeconds: number;
  readonly peakMemoryBytes: number;
  readonly sessions: number;
}

export function costOfStage(events: readonly LoggedEvent[], stage: string): StageCost {
  let wallSeconds = 0;
  let peakMemoryBytes = 0;
  let sessions = 0;
  let current = 0;
  const endSession = (): void => {
    wallSeconds += current;
    if (current > 0) sessions++;
    current = 0;
  };
  for (const event of eventsOfStage(events, stage)) {
    if (event.type === 'session-start' || event.type === 'stage-begin') endSession();
    if (event.type === 'resources') {
      current = event.wallSeconds;
      peakMemoryBytes = Math.max(peakMemoryBytes, event.peakMemoryBytes);
    }
  }
  endSession();
  return { wallSeconds, peakMemoryBytes, sessions };
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
