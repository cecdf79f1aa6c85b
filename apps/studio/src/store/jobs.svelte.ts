/**
 * What was started here: the server has it, whichever page asks, so that a page that is opened in the middle
 * finds it as it stands. One at a time.
 */
import { type Job, RunView, type RunViewJson } from '../wire/index.js';
import { ask, Problem } from './ask.js';
import { isStatic } from './site.js';
import { studio } from './studio.svelte.js';

const lookMilliseconds = 1000;

export class Jobs {
  /** null: none; undefined: the server has not said. */
  job = $state.raw<Job | null>();
  /** The curves of a training; a run has a store of its own. */
  view = $state.raw<RunView>();
  problem = $state<string>();
  #isLooking = false;
  /** What was asked before something was sent is old news. */
  #sent = 0;
  /** The problem is that the server did not answer. */
  #isLost = false;

  get isBusy(): boolean {
    return this.job !== undefined && this.job !== null && this.job.state !== 'ended';
  }

  /** Asks again and again while the page is seen, until the result is called; made for `$effect`. */
  follow(): () => void {
    if (isStatic) return () => {};
    const look = (): void => {
      if (document.visibilityState === 'visible') void this.#look();
    };
    look();
    const timer = setInterval(look, lookMilliseconds);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }

  /** Whether it was taken; else `problem` says why not. */
  async send(path: string, init: RequestInit = { method: 'POST' }): Promise<boolean> {
    this.#sent++;
    try {
      this.#take(await ask<Job | null>(path, init));
      this.problem = undefined;
      void studio.runs.reload();
      return true;
    } catch (error) {
      this.problem = error instanceof Problem ? error.message : String(error);
      return false;
    }
  }

  async #look(): Promise<void> {
    // A slow answer is not overtaken by the next question.
    if (this.#isLooking) return;
    this.#isLooking = true;
    const sent = this.#sent;
    try {
      const job = await ask<Job | null>('jobs');
      // The last look was before the last steps.
      const isDrawn = this.job?.state === 'ended' && job?.startedAt === this.job.startedAt && this.view;
      const view =
        job === null || job.run !== null || isDrawn ? null : await ask<RunViewJson | null>('jobs/view');
      if (sent === this.#sent) {
        this.#take(job);
        if (view !== null) this.view = RunView.fromJSON(view);
      }
      if (this.#isLost) this.problem = undefined;
      this.#isLost = false;
    } catch (error) {
      this.#isLost = true;
      this.problem = error instanceof Problem ? error.message : String(error);
    } finally {
      this.#isLooking = false;
    }
  }

  #take(job: Job | null): void {
    if (job?.startedAt !== this.job?.startedAt) this.view = undefined;
    this.job = job;
  }
}
