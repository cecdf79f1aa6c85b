import { type Measure, passes } from '../page/measure.js';
import type { Page } from '../page/page.js';
import type { PageStep } from '../page/page-step.js';
import { drop, type Findings, type Verdict } from '../page/verdict.js';

/** What a step says of a page, with everything that it measured. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Of all rules of the step, also of those behind the one that dropped the page. */
  readonly measures: readonly Measure[];
  /** What the step found, also of a page that it drops: what later steps would have seen. */
  readonly found: Findings;
  /**
   * Whether some thresholds of the step would have let the page pass. None would where a fact dropped it (its
   * language, no text), so that no later step can say anything of it.
   */
  readonly mayPass: boolean;
}

/** Asks a step for all of its rules. The verdict is that of its `run`. */
export async function judgeStep(step: PageStep, page: Page): Promise<Judgement> {
  if (step.measure === undefined) {
    const verdict = await step.run(page);
    const { measures = [] } = verdict;
    return { verdict, measures, found: verdict, mayPass: verdict.kind === 'keep' || areThresholds(measures) };
  }
  const measures: Measure[] = [];
  const rules = step.measure(page);
  for (;;) {
    const { done, value } = rules.next();
    if (done !== true) {
      measures.push(value);
      continue;
    }
    const found = value ?? {};
    const failed = measures.find((measure) => !passes(measure));
    const verdict: Verdict = failed === undefined ? { kind: 'keep', ...found } : drop(failed.name);
    return { verdict, measures, found, mayPass: failed === undefined || areThresholds(measures) };
  }
}

/** Whether every rule that fails, and at least one does, compares with a threshold that can be set. */
function areThresholds(measures: readonly Measure[]): boolean {
  const failed = measures.filter((measure) => !passes(measure));
  return failed.length > 0 && failed.every(({ option }) => option !== undefined);
}
