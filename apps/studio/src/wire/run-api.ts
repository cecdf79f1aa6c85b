/**
 * What the server answers, by path; `GET /api` says the same to people. Every address is relative to
 * `/api/`. A folder written by `llm studio --export` answers those of them that read, as files.
 */
import type { JsonValue } from '@llm/core';
import type { LoggedEvent } from './run-event.js';
import type { RunViewJson } from './run-view.js';

/** `running`: a process works on it now. `stopped`: begun, not ended, and nobody is at it. */
export type RunState = 'running' | 'stopped' | 'complete';

/** An element of `GET runs`, the newest first. */
export interface RunListing {
  /** In addresses: letters, digits, `.`, `_`, `-`. */
  readonly id: string;
  /** Where it is, as a person would type it. */
  readonly path: string;
  readonly state: RunState;
  readonly preset: string | null;
  /** Milliseconds since the epoch, of the newest event. */
  readonly changedAt: number;
  readonly stages: readonly { readonly name: string; readonly status: 'waiting' | 'running' | 'complete' }[];
}

/** `GET runs/:id`. */
export interface RunDetails extends RunListing {
  /** The resolved options of `config.json`. */
  readonly options: JsonValue;
  /** `report.json`; null while there is none. */
  readonly report: JsonValue;
  readonly files: readonly { readonly key: string; readonly bytes: number }[];
}

/** Data of the stream's event `view`: replaces all that was known of the run. */
export interface ViewMessage {
  readonly view: RunViewJson;
  /** Share of the log that it is made of: below 1 it was read in samples, and a whole one follows. */
  readonly read: number;
}

/** Data of the stream's event `events`. */
export type EventsMessage = readonly LoggedEvent[];

/** The body of every answer that is an error. */
export interface ApiProblem {
  readonly error: { readonly code: string; readonly message: string };
}
