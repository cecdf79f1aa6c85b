/** Which runs are overlaid: that of the address, and those put beside it (`with`), each with its colour. */
import type { CurveColumns } from '@llm/core';
import type { RunListing } from '../../wire/index.js';

export interface ShownRun {
  readonly id: string;
  readonly colour: string;
  readonly isRunning: boolean;
}

/** One of the curves of a plot. */
export interface ShownCurve {
  /** Of what it is a curve. */
  readonly id: string;
  readonly colour: string;
  readonly columns: CurveColumns;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

const colours = 8;

export function shownRuns(first: string, others: string | null, known: readonly RunListing[]): ShownRun[] {
  const ids = [...new Set([first, ...(others ?? '').split(',')])];
  return ids
    .flatMap((id) => known.filter((run) => run.id === id))
    .map(({ id, state }, at) => ({
      id,
      colour: `--series-${(at % colours) + 1}`,
      isRunning: state === 'running' || id === first,
    }));
}
