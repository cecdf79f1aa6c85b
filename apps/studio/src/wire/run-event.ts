/**
 * What `events.jsonl` keeps, as the page reads it: the events of the packages with the stage of the pipeline
 * they happened in (`at`), and those of the pipeline itself.
 */
import type { JsonValue, RunEvent } from '@llm/core';

export interface StageCost {
  readonly wallSeconds: number;
  readonly peakMemoryBytes: number;
  readonly cpuSeconds?: number | undefined;
  readonly otherCpuSeconds?: number | undefined;
  readonly processors?: number | undefined;
}

interface At {
  readonly at: string;
  readonly time: number;
}

type Summary = Readonly<Record<string, JsonValue>>;

export type LoggedEvent =
  | (Exclude<RunEvent, { readonly type: 'stage-start' | 'stage-end' | 'metric' }> & { readonly at: string })
  /** JSON writes what is no number as null. */
  | (At & {
      readonly type: 'metric';
      readonly stage: string;
      readonly step: number;
      readonly values: Readonly<Record<string, number | null>>;
    })
  | { readonly type: 'session-start'; readonly time: number; readonly command: string }
  | (At & { readonly type: 'stage-start'; readonly stage: string; readonly resumed: boolean })
  | (At & { readonly type: 'stage-skip'; readonly stage: string; readonly summary: Summary })
  | (At & { readonly type: 'stage-end'; readonly stage: string; readonly summary: Summary } & StageCost)
  | (At & { readonly type: 'resources' } & StageCost);

/** Whether a parsed line has the fields that are read here: a file may be damaged without being cut. */
export function isLoggedEvent(value: unknown): value is LoggedEvent {
  if (typeof value !== 'object' || value === null) return false;
  const event = value as Readonly<Record<string, unknown>>;
  if (typeof event.type !== 'string' || typeof event.time !== 'number') return false;
  if (event.type === 'session-start') return typeof event.command === 'string';
  if (typeof event.at !== 'string') return false;
  switch (event.type) {
    case 'metric':
      return typeof event.step === 'number' && isRecordOf(event.values, isFigure);
    case 'progress':
      return typeof event.done === 'number' && typeof event.unit === 'string';
    case 'sample':
      return typeof event.step === 'number' && isText(event.title) && isText(event.text);
    case 'artifact':
      return isText(event.key) && isText(event.kind);
    case 'warning':
      return isText(event.code) && isText(event.message);
    case 'stage-start':
      return typeof event.resumed === 'boolean';
    case 'stage-skip':
    case 'stage-end':
      return isRecordOf(event.summary, () => true);
    case 'resources':
      return typeof event.wallSeconds === 'number' && typeof event.peakMemoryBytes === 'number';
    default:
      return false;
  }
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isFigure = (value: unknown): boolean => typeof value === 'number' || value === null;

function isRecordOf(value: unknown, holds: (each: unknown) => boolean): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every(holds);
}
