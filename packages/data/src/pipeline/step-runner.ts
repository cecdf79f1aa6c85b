import type { Page } from '../page/page.js';
import type { PageStep } from '../page/page-step.js';
import { type Drop, keep } from '../page/verdict.js';
import { Funnel } from './funnel.js';

/** Runs pages through a list of steps, and counts and times each step, ours and anybody's alike. */
export class StepRunner {
  /** Seconds of wall clock by step. Words and lines count for the first step that asks for them. */
  readonly seconds = new Map<string, number>();
  readonly funnel: Funnel;

  /** Throws `data/step-name-taken` when two steps have the same name. `onStep` hears which step starts. */
  constructor(
    readonly steps: readonly PageStep[],
    readonly onStep?: ((index: number) => void) | undefined,
  ) {
    this.funnel = new Funnel(steps.map((step) => step.name));
  }

  /**
   * Runs a page until a step drops it. What the steps find is written into the page. `filtered` false: only
   * steps for every document.
   */
  async run(
    page: Page,
    funnel = this.funnel,
    filtered = true,
  ): Promise<typeof keep | (Drop & { readonly step: string })> {
    for (const [index, step] of this.steps.entries()) {
      if (!filtered && step.everyDocument !== true) continue;
      if (step.applies?.(page) === false) continue;
      this.onStep?.(index);
      const started = performance.now();
      const answer = step.run(page);
      // A promise is awaited only where there is one: most steps answer at once.
      const verdict = 'then' in answer ? await answer : answer;
      page.add(verdict);
      this.time(step.name, started);
      funnel.count(step.name, verdict.kind === 'drop' ? verdict.reason : undefined);
      if (verdict.kind === 'drop') return { kind: 'drop', step: step.name, reason: verdict.reason };
    }
    return keep;
  }

  /** Adds the time since `started` (of `performance.now()`) to a step. */
  time(step: string, started: number): void {
    const seconds = (performance.now() - started) / 1000;
    this.seconds.set(step, (this.seconds.get(step) ?? 0) + seconds);
  }
}
