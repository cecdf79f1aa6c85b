/**
 * Runs that the page starts: processes of their own, one at a time, that go on as `llm run` does on a
 * terminal. Stopping is Ctrl-C: the current step ends and is saved, and the run can be gone on with.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { LlmError } from '@llm/core';
import {
  isLoggedEvent,
  type Job,
  type LoggedEvent,
  type RunRequest,
  RunView,
  type TuneRequest,
} from '@llm/studio/wire';
import { openRunDirectory } from '../../run/run-directory.js';
import { shownText } from '../../terminal/shown-text.js';
import type { RunCatalog } from '../runs/run-catalog.js';
import { commandOf, parametersOf } from './run-request.js';
import { planTuning } from './tune-request.js';

/** Characters of what a process said last. */
const keptText = 4000;

interface RunningJob {
  job: Job;
  /** Of a training: what its events amount to. A run's are in its directory. */
  readonly view: RunView | undefined;
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
}

/** The program that this process is, with what it was started by. */
export type Program = readonly [path: string, ...parameters: string[]];

export const ownProgram = (): Program => [process.execPath, ...process.execArgv, process.argv[1]!];

export class JobRunner {
  readonly #catalog: RunCatalog;
  readonly #program: Program;
  #current: RunningJob | undefined;

  constructor(catalog: RunCatalog, program: Program = ownProgram()) {
    this.#catalog = catalog;
    this.#program = program;
  }

  get job(): Job | null {
    return this.#current?.job ?? null;
  }

  /** The curves of a training; null for a run, which has a log of its own, and where there is none. */
  get view(): RunView | null {
    return this.#current?.view ?? null;
  }

  /** In a new directory of `runs/`. Throws `pipeline/job-busy`. */
  start(request: RunRequest): Job {
    this.#checkFree();
    const { path } = openRunDirectory(undefined);
    return this.#spawnRun(path, parametersOf(request), commandOf(request));
  }

  /** Trains a model from elsewhere. Throws `pipeline/job-busy`. */
  tune(request: TuneRequest): Job {
    this.#checkFree();
    const { parameters, command, leaves } = planTuning(request);
    // What it only says in words has no events.
    const more = request.dryRun === true ? [] : ['--json'];
    return this.#spawn([...parameters, ...more], { run: null, command, leaves });
  }

  /** Goes on with a run that was stopped. Throws `pipeline/job-busy` and `pipeline/run-unknown`. */
  resume(id: string): Job {
    this.#checkFree();
    const { directory } = this.#catalog.find(id);
    return this.#spawnRun(directory, [], `llm run --run ${directory}`);
  }

  /** The first time as Ctrl-C; again, it ends at once. */
  stop(): Job | null {
    const current = this.#current;
    if (current === undefined || current.job.state === 'ended') return this.job;
    current.child.kill(current.job.state === 'running' ? 'SIGINT' : 'SIGKILL');
    current.job = { ...current.job, state: 'stopping' };
    return current.job;
  }

  /** Stops what runs, and waits for it. */
  async close(): Promise<void> {
    this.stop();
    await this.#current?.ended;
  }

  #checkFree(): void {
    if (this.#current === undefined || this.#current.job.state === 'ended') return;
    throw new LlmError({
      code: 'pipeline/job-busy',
      message: `${this.#current.job.run ?? this.#current.job.command} is running. One at a time: stop it, or wait for it.`,
    });
  }

  #spawnRun(directory: string, parameters: readonly string[], command: string): Job {
    const run = this.#catalog.idOf(directory);
    return this.#spawn(['run', '--run', directory, ...parameters], { run, command, leaves: null });
  }

  #spawn(parameters: readonly string[], named: Pick<Job, 'run' | 'command' | 'leaves'>): Job {
    const [path, ...own] = this.#program;
    // A training's events come on its standard output; a run keeps them.
    const says = named.run === null ? 'pipe' : 'ignore';
    const child = spawn(path, [...own, ...parameters], { stdio: ['ignore', says, 'pipe'] });
    const job: Job = {
      ...{ ...named, state: 'running', startedAt: Date.now() },
      ...{ endedAt: null, exitCode: null, said: '' },
    };
    const ended = new Promise<void>((resolve) => {
      child.once('error', ({ message }) => this.#end(current, 1, message, resolve));
      child.once('close', (code) => this.#end(current, code ?? 130, '', resolve));
    });
    const view = named.run === null ? new RunView() : undefined;
    const current: RunningJob = { job, view, child, ended };
    this.#current = current;
    const hear = (text: string): void => {
      const said = shownText(current.job.said + text).slice(-keptText);
      current.job = { ...current.job, said };
    };
    child.stderr?.on('data', (text) => hear(String(text)));
    if (child.stdout !== null)
      createInterface(child.stdout).on('line', (line) => {
        const event = eventOf(line);
        if (event === undefined) hear(`${line}\n`);
        else view?.apply(event);
      });
    return job;
  }

  #end(current: RunningJob, exitCode: number, said: string, resolve: () => void): void {
    current.job = {
      ...current.job,
      ...{ state: 'ended', endedAt: Date.now(), exitCode, said: current.job.said + said },
    };
    resolve();
  }
}

/** A training is one stage, and its events need not say which. */
function eventOf(line: string): LoggedEvent | undefined {
  if (!line.startsWith('{"type":')) return undefined;
  try {
    const { stage, ...event } = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const found: unknown = { resumed: true, summary: {}, ...event, stage, at: stage };
    return isLoggedEvent(found) ? found : undefined;
  } catch {
    return undefined;
  }
}
