/**
 * Runs that the page starts: processes of their own, one at a time, that go on as `llm run` does on a
 * terminal. Stopping is Ctrl-C: the current step ends and is saved, and the run can be gone on with.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { LlmError } from '@llm/core';
import type { Job, RunRequest, TuneRequest } from '@llm/studio/wire';
import { openRunDirectory } from '../../run/run-directory.js';
import { shownText } from '../../terminal/shown-text.js';
import type { RunCatalog } from '../runs/run-catalog.js';
import { commandOf, parametersOf } from './run-request.js';
import { tuneCommand, tuneParameters } from './tune-request.js';

/** Characters of what a process said last. */
const keptText = 4000;

interface RunningJob {
  job: Job;
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

  /** In a new directory of `runs/`. Throws `pipeline/job-busy`. */
  start(request: RunRequest): Job {
    this.#checkFree();
    const { path } = openRunDirectory(undefined);
    return this.#spawnRun(path, parametersOf(request), commandOf(request));
  }

  /** Trains a model from elsewhere. Throws `pipeline/job-busy`. */
  tune(request: TuneRequest): Job {
    this.#checkFree();
    return this.#spawn(tuneParameters(request), { run: null, command: tuneCommand(request) });
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
    return this.#spawn(['run', '--run', directory, ...parameters], { run, command });
  }

  #spawn(parameters: readonly string[], named: Pick<Job, 'run' | 'command'>): Job {
    const [path, ...own] = this.#program;
    // What a training says last stands on its standard output; a run's is in its report.
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
    const current: RunningJob = { job, child, ended };
    this.#current = current;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text) => {
        const said = shownText(current.job.said + String(text)).slice(-keptText);
        current.job = { ...current.job, said };
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
