import type { Measure } from './measure.js';
import { passes } from './measure.js';
import type { Page } from './page.js';
import type { PageStep } from './page-step.js';
import { drop, type Findings, keep, type Verdict } from './verdict.js';

/** A step that is a list of rules. */
export interface RuleStep extends PageStep<Verdict> {
  measure(page: Page): Generator<Measure, Findings | undefined>;
}

/** The step whose `run` drops a page at the first rule that it does not pass. */
export function ruleStep(step: Omit<RuleStep, 'run'>): RuleStep {
  return {
    ...step,
    run(page) {
      const rules = step.measure(page);
      for (;;) {
        const { done, value } = rules.next();
        if (done === true) return value === undefined ? keep : { kind: 'keep', ...value };
        if (!passes(value)) return drop(value.name);
      }
    },
  };
}
