/** The funnel: for every step how many pages entered, how many left, and why the others did not. */
export interface FunnelStep {
  readonly step: string;
  readonly entered: number;
  readonly left: number;
  /** Reason → pages. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** The steps in their order; `minhash` sees what is left of the whole corpus. */
export const stepNames = [
  'reader',
  'url',
  'extraction',
  'language',
  'gopher-repetition',
  'gopher-quality',
  'c4',
  'fineweb',
  'minhash',
] as const;
export type StepName = (typeof stepNames)[number];

export class FunnelCounter {
  readonly #steps = new Map<string, { entered: number; dropped: Map<string, number> }>();

  /** Counts a page that entered `step`; with a reason it was dropped there. */
  count(step: StepName, reason?: string, pages = 1): void {
    let row = this.#steps.get(step);
    if (row === undefined) {
      row = { entered: 0, dropped: new Map() };
      this.#steps.set(step, row);
    }
    row.entered += pages;
    if (reason !== undefined) row.dropped.set(reason, (row.dropped.get(reason) ?? 0) + pages);
  }

  add(steps: readonly FunnelStep[]): void {
    for (const { step, left, dropped } of steps) {
      this.count(step as StepName, undefined, left);
      for (const [reason, pages] of Object.entries(dropped)) this.count(step as StepName, reason, pages);
    }
  }

  /** Rows in the order of the steps, reasons sorted; steps that saw nothing are left out. */
  steps(): FunnelStep[] {
    return stepNames.flatMap((step) => {
      const row = this.#steps.get(step);
      if (row === undefined) return [];
      const dropped = Object.fromEntries([...row.dropped].sort(([a], [b]) => (a < b ? -1 : 1)));
      const lost = [...row.dropped.values()].reduce((sum, pages) => sum + pages, 0);
      return [{ step, entered: row.entered, left: row.entered - lost, dropped }];
    });
  }
}
