import { LlmError } from '@llm/core';
import { Counts } from './counts.js';

/** A row of the funnel: how many pages entered a step, how many left it, and why the others did not. */
export interface FunnelStep {
  readonly step: string;
  readonly entered: number;
  readonly left: number;
  /** Reason → pages. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** Counts pages by step. */
export class Funnel {
  readonly #names: readonly string[];
  readonly #rows = new Map<string, { entered: number; dropped: Counts }>();

  /** The names of the steps in their order. Throws `data/step-name-taken` when two are the same. */
  constructor(names: readonly string[]) {
    const taken = names.find((name, index) => names.indexOf(name) !== index);
    if (taken !== undefined) {
      throw new LlmError({
        code: 'data/step-name-taken',
        message: `Two steps of the pipeline are called "${taken}". Give every step a name of its own.`,
        details: { step: taken },
      });
    }
    this.#names = names;
  }

  /** Counts a page that entered `step`; with a reason it was dropped there. */
  count(step: string, reason?: string, pages = 1): void {
    const row = this.#rows.get(step) ?? { entered: 0, dropped: new Counts() };
    this.#rows.set(step, row);
    row.entered += pages;
    if (reason !== undefined) row.dropped.add(reason, pages);
  }

  add(steps: readonly FunnelStep[]): void {
    for (const { step, left, dropped } of steps) {
      this.count(step, undefined, left);
      for (const [reason, pages] of Object.entries(dropped)) this.count(step, reason, pages);
    }
  }

  /** Rows in the order of the steps, reasons sorted; steps that saw nothing are left out. */
  steps(): FunnelStep[] {
    return this.#names.flatMap((step) => {
      const row = this.#rows.get(step);
      if (row === undefined) return [];
      const { entered, dropped } = row;
      return [{ step, entered, left: entered - dropped.total(), dropped: dropped.sorted() }];
    });
  }
}
