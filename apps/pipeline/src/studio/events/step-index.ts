/**
 * Where in a log the steps of each stage stand, a megabyte at a time: a few steps of a log of gigabytes are
 * then found without reading it again.
 */
import { BoundedCurve, type CurveColumns, LlmError } from '@llm/core';
import type { LoggedEvent } from '@llm/studio/wire';

export interface Stretch {
  /** Bytes, [from, end). */
  readonly from: number;
  readonly end: number;
}

interface Entry extends Stretch {
  /** Least and most step by stage. */
  readonly steps: Map<string, { least: number; most: number }>;
}

/** More would be a second look at the whole log, which the view is made of. */
const mostBytes = 128 * 2 ** 20;
/** Metric names of a stage, as the view has it. */
const mostCurves = 500;

export class StepIndex {
  readonly #entries: Entry[] = [];

  add(from: number, end: number, events: readonly LoggedEvent[]): void {
    const steps: Entry['steps'] = new Map();
    for (const event of events) {
      if (isFreshStart(event)) {
        // What was said of the stage before no longer counts.
        for (const entry of this.#entries) entry.steps.delete(event.at);
        steps.delete(event.at);
      }
      if (event.type !== 'metric') continue;
      const known = steps.get(event.at);
      if (known === undefined) steps.set(event.at, { least: event.step, most: event.step });
      else {
        known.least = Math.min(known.least, event.step);
        known.most = Math.max(known.most, event.step);
      }
    }
    this.#entries.push({ from, end, steps });
  }

  /** In their order. Throws `pipeline/range-too-wide`. */
  stretches(stage: string, from: number, to: number): readonly Stretch[] {
    const found = this.#entries.filter(({ steps }) => {
      const range = steps.get(stage);
      return range !== undefined && range.most >= from && range.least <= to;
    });
    const bytes = found.reduce((sum, { from: start, end }) => sum + end - start, 0);
    if (bytes <= mostBytes) return found;
    throw new LlmError({
      code: 'pipeline/range-too-wide',
      message: `Steps ${from} to ${to} take ${Math.round(bytes / 2 ** 20)} MiB of the log; up to 128 are read again. Ask for fewer steps.`,
    });
  }
}

/** Curves of one stage between two steps, inclusive. */
export class StretchCurves {
  readonly #stage: string;
  readonly #from: number;
  readonly #to: number;
  readonly #curves = new Map<string, BoundedCurve>();

  constructor(stage: string, from: number, to: number) {
    [this.#stage, this.#from, this.#to] = [stage, from, to];
  }

  apply(event: LoggedEvent): void {
    if (event.type === 'session-start' || event.at !== this.#stage) return;
    if (isFreshStart(event)) this.#curves.clear();
    if (event.type !== 'metric' || event.step < this.#from || event.step > this.#to) return;
    for (const [name, value] of Object.entries(event.values)) {
      let curve = this.#curves.get(name);
      if (curve === undefined) {
        if (this.#curves.size === mostCurves) continue;
        curve = new BoundedCurve();
        this.#curves.set(name, curve);
      }
      curve.push(event.step, value, event.time);
    }
  }

  columns(): Readonly<Record<string, CurveColumns>> {
    return Object.fromEntries([...this.#curves].map(([name, curve]) => [name, curve.toJSON()]));
  }
}

const isFreshStart = (event: LoggedEvent): event is Extract<LoggedEvent, { type: 'stage-start' }> =>
  event.type === 'stage-start' && !event.resumed;
