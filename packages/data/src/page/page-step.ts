import type { Measure } from './measure.js';
import type { Page } from './page.js';
import type { Findings, Verdict } from './verdict.js';

/** One step of the pipeline. What it finds it returns; counting, timing and reporting are done around it. */
export interface PageStep<Answer extends Verdict | Promise<Verdict> = Verdict | Promise<Verdict>> {
  /** Its row in the funnel and its name among the dropped pages: unique in a list of steps. */
  readonly name: string;
  /** What its verdicts depend on, as JSON; a run with other options or another version starts anew. */
  readonly options?: object | undefined;
  readonly version?: string | number | undefined;
  /** Pages that are none of its business go on uncounted. Default: every page is. */
  readonly applies?: ((page: Page) => boolean) | undefined;
  /** Runs for documents, too, that are not sent through filters (`quality: 'keep'`). Default false. */
  readonly everyDocument?: boolean | undefined;
  /**
   * A run in which no page came to the step is an error, unless it is there for pages that may be among them:
   * with true it is a warning. Default false.
   */
  readonly mayIdle?: boolean | undefined;
  run(page: Page): Answer;
  /**
   * The rules of the step in their order, with what they saw of the page, and at the end what the step found:
   * the first that does not pass drops it, with its name as the reason. It stands in for `run` where somebody
   * wants to know the values, and is lazy: whoever stops at a rule pays for none behind it. A step with few
   * and cheap rules gives `measures` with its verdict instead.
   */
  readonly measure?: ((page: Page) => Iterator<Measure, Findings | undefined>) | undefined;
}
