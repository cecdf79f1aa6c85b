import { describeValue, LlmError } from '@llm/core';
import { type Measure, none } from '../page/measure.js';
import type { Page } from '../page/page.js';
import type { PageStep } from '../page/page-step.js';
import { type Drop, keep } from '../page/verdict.js';
import { Funnel } from './funnel.js';
import { judgeStep } from './judge-step.js';

/** What one step measured of a page. */
export interface StepMeasures {
  readonly step: string;
  readonly measures: readonly Measure[];
}

export interface MeasuredPage {
  readonly verdict: typeof keep | (Drop & { readonly step: string });
  /** Of the steps in their order; those without measures are left out. */
  readonly measured: readonly StepMeasures[];
}

export interface MeasureOptions {
  /** Go on behind a threshold that dropped the page. Default false. */
  readonly all?: boolean | undefined;
  /** As of `run`. */
  readonly filtered?: boolean | undefined;
  /** Hears when a step drops the page, which is then as the step saw it. */
  readonly onDrop?: (() => void) | undefined;
}

/** Runs pages through a list of steps, and counts and times each step, ours and anybody's alike. */
export class StepRunner {
  /** Seconds of wall clock by step. Words and lines count for the first step that asks for them. */
  readonly seconds = new Map<string, number>();
  readonly funnel: Funnel;

  /**
   * Throws `data/step-invalid`, and `data/step-name-taken` when two have the same name. `onStep` hears which
   * step starts.
   */
  constructor(
    readonly steps: readonly PageStep[],
    readonly onStep?: ((index: number) => void) | undefined,
  ) {
    const wrong = steps.findIndex((step) => typeof step?.name !== 'string' || typeof step.run !== 'function');
    if (wrong >= 0)
      throw new LlmError({
        code: 'data/step-invalid',
        message: `Step ${wrong} is ${describeValue(steps[wrong])} and no step: { name, run(page) }. A function that makes one must be called: gopherQuality().`,
        details: { step: wrong },
      });
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

  /**
   * As `run`, and what the steps measured. `all`: a page that a threshold dropped goes on through the later
   * steps, only to be measured as if it had passed.
   */
  async measure(page: Page, options: MeasureOptions = {}, funnel = this.funnel): Promise<MeasuredPage> {
    const { all = false, filtered = true, onDrop } = options;
    const measured: StepMeasures[] = [];
    let verdict: MeasuredPage['verdict'] = keep;
    let found: Partial<Page> = {};
    for (const [index, step] of this.steps.entries()) {
      if (!filtered && step.everyDocument !== true) continue;
      if (step.applies?.(page) === false) continue;
      this.onStep?.(index);
      const started = performance.now();
      const answer = await judgeStep(step, page);
      this.time(step.name, started);
      const { verdict: own } = answer;
      // A drop without a measure is a fact, and is written down as one.
      const measures =
        own.kind === 'drop' && answer.measures.length === 0 ? [none(own.reason, 1)] : answer.measures;
      if (measures.length > 0) measured.push({ step: step.name, measures });
      if (verdict.kind === 'keep') {
        page.add(own);
        funnel.count(step.name, own.kind === 'drop' ? own.reason : undefined);
        if (own.kind === 'drop') {
          verdict = { kind: 'drop', step: step.name, reason: own.reason };
          onDrop?.();
          const { title, language, languageScore, metadata } = page;
          found = { title, language, languageScore, metadata };
        }
      }
      if (own.kind === 'drop' && !(all && answer.mayPass)) break;
      page.add(answer.found);
    }
    // What was found behind the drop is none of the page's.
    if (verdict.kind === 'drop') Object.assign(page, found);
    return { verdict, measured };
  }

  /** Adds the time since `started` (of `performance.now()`) to a step. */
  time(step: string, started: number): void {
    const seconds = (performance.now() - started) / 1000;
    this.seconds.set(step, (this.seconds.get(step) ?? 0) + seconds);
  }
}
