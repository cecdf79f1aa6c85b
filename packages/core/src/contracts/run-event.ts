import type { JsonValue } from './json.js';

/**
 * What a long operation tells its caller. Nothing in a
 * package prints. `time` is milliseconds since the epoch.
 */
export type RunEvent =
  | {
      readonly type: 'stage-start';
      readonly stage: string;
      readonly time: number;
      readonly total?: number | undefined;
    }
  | {
      readonly type: 'progress';
      readonly stage: string;
      readonly time: number;
      readonly done: number;
      /** Absent when the amount of work is not known yet. */
      readonly total?: number | undefined;
      /** What `done` counts: `pages`, `tokens`, `steps`. */
      readonly unit: string;
    }
  | {
      readonly type: 'metric';
      readonly stage: string;
      readonly time: number;
      readonly step: number;
      readonly values: Readonly<Record<string, number>>;
    }
  | {
      readonly type: 'sample';
      readonly stage: string;
      readonly time: number;
      readonly step: number;
      readonly title: string;
      readonly text: string;
    }
  | {
      readonly type: 'artifact';
      readonly stage: string;
      readonly time: number;
      readonly key: string;
      readonly kind: string;
    }
  | {
      readonly type: 'warning';
      readonly stage: string;
      readonly time: number;
      readonly code: string;
      readonly message: string;
    }
  | {
      readonly type: 'stage-end';
      readonly stage: string;
      readonly time: number;
      readonly summary: Readonly<Record<string, JsonValue>>;
    };

type WithoutTime<Event> = Event extends RunEvent ? Omit<Event, 'time'> : never;
export type RunEventListener = (event: RunEvent) => void;

/** What every long operation accepts. */
export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: RunEventListener | undefined;
}

/** Stamps events with the current time; does nothing without a listener. */
export function emit(listener: RunEventListener | undefined, event: WithoutTime<RunEvent>): void {
  listener?.({ ...event, time: Date.now() } as RunEvent);
}
