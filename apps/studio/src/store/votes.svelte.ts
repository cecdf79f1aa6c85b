/**
 * The votes on a run's answers. The server keeps them in the run; where there is none, and while it is lost,
 * the browser does, until the server has them.
 */

import { untrack } from 'svelte';
import { saveFile } from '../components/save-file.js';
import { isVote, type KeptVotes, linesOf, preferenceLines, standingVotes, type Vote } from '../wire/index.js';
import { ask, jsonBody } from './ask.js';
import { Loaded } from './loaded.svelte.js';
import { isStatic } from './site.js';

const retryMilliseconds = 2000;

export class Votes {
  readonly run: string;
  readonly kept: Loaded<KeptVotes>;
  /** Those that only the browser has. */
  #own = $state.raw<readonly Vote[]>([]);
  /** Why the server did not take the last ones. */
  problem = $state<string>();
  readonly standing: readonly Vote[] = $derived.by(() =>
    standingVotes([...(this.kept.value?.votes ?? []), ...this.#own]),
  );
  #isSending = false;

  constructor(run: string) {
    this.run = run;
    this.#own = this.#stored();
    this.kept = new Loaded((signal) => ask<KeptVotes>(`runs/${run}/votes`, { signal }));
  }

  /** How many the server has yet to be told of. */
  get waiting(): number {
    return isStatic ? 0 : this.#own.length;
  }

  /** Hears what other tabs do, and tells the server what it has not heard, until the result is called. */
  follow(): () => void {
    const look = (): void => {
      this.#own = this.#stored();
      if (this.#own.length === 0) this.problem = undefined;
      if (document.visibilityState === 'visible' && !isStatic && !this.#isSending) void this.kept.reload();
    };
    document.addEventListener('visibilitychange', look);
    addEventListener('focus', look);
    addEventListener('storage', look);
    const timer = setInterval(() => void this.#send(), retryMilliseconds);
    // What is to be sent changes with every look: an effect that calls this must not begin anew for it.
    untrack(() => void this.#send());
    return () => {
      document.removeEventListener('visibilitychange', look);
      removeEventListener('focus', look);
      removeEventListener('storage', look);
      clearInterval(timer);
      this.kept.stop();
    };
  }

  async add(...votes: readonly Vote[]): Promise<void> {
    this.#own = lastWords([...this.#own, ...votes]);
    this.#store();
    await this.#send();
  }

  /** From a file that was saved; how many lines of it were votes, and how many were none. */
  async take(text: string): Promise<{ readonly votes: number; readonly others: number }> {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const votes = lines.map(parsed).filter(isVote);
    if (votes.length > 0) await this.add(...votes);
    return { votes: votes.length, others: lines.length - votes.length };
  }

  save(): void {
    saveFile('votes.jsonl', linesOf(this.standing), 'application/jsonl');
  }

  savePairs(): void {
    saveFile('pairs.jsonl', linesOf(preferenceLines(this.standing)), 'application/jsonl');
  }

  async #send(): Promise<void> {
    const sent = this.#own;
    if (isStatic || sent.length === 0 || this.#isSending) return;
    this.#isSending = true;
    try {
      const kept = await ask<KeptVotes>(`runs/${this.run}/votes`, jsonBody({ votes: sent }));
      // An answer that is still on its way is older than this one.
      this.kept.stop();
      this.kept.value = kept;
      this.kept.state = 'ready';
      // Another tab may have put the same into the browser again.
      const told = new Set(sent.map((vote) => JSON.stringify(vote)));
      this.#own = this.#own.filter((vote) => !told.has(JSON.stringify(vote)));
      this.problem = undefined;
      this.#store();
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      this.#isSending = false;
    }
  }

  get #key(): string {
    return `studio-votes ${this.run}`;
  }

  #stored(): readonly Vote[] {
    try {
      const value: unknown = JSON.parse(localStorage.getItem(this.#key) ?? '[]');
      return Array.isArray(value) ? value.filter(isVote) : [];
    } catch {
      // Storage may be forbidden, or hold something else.
      return this.#own;
    }
  }

  #store(): void {
    try {
      if (this.#own.length === 0) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, JSON.stringify(this.#own));
    } catch {
      this.problem = 'The browser keeps nothing for this page: download the votes before you leave.';
    }
  }
}

/** The last word on each; a withdrawal stays, since it is about one that the server may have. */
function lastWords(votes: readonly Vote[]): readonly Vote[] {
  return [...new Map(votes.map((vote) => [vote.id, vote])).values()];
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
