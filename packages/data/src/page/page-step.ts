import type { Page } from './page.js';
import type { Verdict } from './verdict.js';

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
  run(page: Page): Answer;
}
