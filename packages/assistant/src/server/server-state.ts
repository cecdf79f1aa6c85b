/** What the routes of one server share. */
import type { Assistant } from '../assistant.js';
import type { Admission } from './admission.js';
import type { ApiError } from './api-error.js';
import type { ServerLimits } from './limits.js';
import type { Metrics } from './metrics.js';
import type { RunningRequests } from './running-requests.js';

export interface ServerState {
  /** By name, in the order given. */
  readonly assistants: ReadonlyMap<string, Assistant>;
  readonly limits: ServerLimits;
  readonly admission: Admission;
  /** Prompts are scored one at a time. */
  readonly scoring: Admission;
  readonly metrics: Metrics;
  readonly requests: RunningRequests;
  /** The error to tell the client; what is the server's own fault is told to its operator too. */
  readonly report: (error: unknown, route: string) => ApiError;
  /** Seconds since 1970: models tell it as the time they were made. */
  readonly started: number;
}
