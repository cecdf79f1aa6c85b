/**
 * What the page starts: processes of their own, one at a time, that go on as on a terminal. Stopping is
 * Ctrl-C: the current step ends and is saved, and it can be gone on with. A process whose server is killed
 * stops by itself in the same way, and the next server finds it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LlmError } from '@llm/core';
import {
  isLoggedEvent,
  type Job,
  type LessonRequest,
  type LoggedEvent,
  type RunRequest,
  RunView,
  type TuneRequest,
} from '@llm/studio/wire';
import { isWorkedOn } from '../../run/is-worked-on.js';
import { openRunDirectory } from '../../run/run-directory.js';
import { describeError } from '../../terminal/describe-error.js';
import { shownText } from '../../terminal/shown-text.js';
import { quoted } from '../../terminal/typed-command.js';
import { holdsTuning } from '../../tuning/tuning-directory.js';
import type { RunCatalog } from '../runs/run-catalog.js';
import { type KeptJob, keepJob, keptJob } from './kept-job.js';
import { planLesson } from './lesson-request.js';
import { commandOf, parametersOf } from './run-request.js';
import { planTuning } from './tune-request.js';

/** Characters of what a process said last. */
const keptText = 4000;

interface RunningJob {
  kept: KeptJob;
  /** Of what is no run: what its events amount to. A run's are in its directory. */
  readonly view: RunView | undefined;
  /** Undefined: a server before this one started it. */
  readonly child: ChildProcess | undefined;
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
    const kept = keptJob();
    if (kept !== undefined)
      this.#current = { kept, view: undefined, child: undefined, ended: Promise.resolve() };
  }

  get job(): Job | null {
    const current = this.#current;
    if (current === undefined) return null;
    return current.child === undefined ? jobThatWasLeft(current.kept) : current.kept.job;
  }

  /** The curves of what is no run; null for a run, which has a log of its own, and where there is none. */
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
    const { parameters, command, leaves, directory } = planTuning(request);
    // What it only says in words has no events.
    const more = request.dryRun === true ? [] : ['--json'];
    const all = [...parameters, ...more];
    const again = directory === undefined ? undefined : all;
    return this.#spawn({
      parameters: all,
      again,
      directory,
      named: { run: null, lesson: null, command, leaves },
    });
  }

  /** Does an experiment of a run, or goes on with it. Throws as `resume` does. */
  learn(id: string, request: LessonRequest, needsRun: boolean): Job {
    this.#checkFree();
    const { directory } = this.#catalog.find(id);
    const run = this.#catalog.pathOf(id);
    const { parameters, command } = planLesson(request, { run, directory, needsRun });
    const all = [...parameters, '--json'];
    const named = { run: null, lesson: { run: id, name: request.name }, command, leaves: null };
    return this.#spawn({ parameters: all, again: all, directory: join(directory, 'lab'), named });
  }

  /** Goes on with a run that was stopped. Throws `pipeline/job-busy` and `pipeline/run-unknown`. */
  resume(id: string): Job {
    this.#checkFree();
    const { directory } = this.#catalog.find(id);
    return this.#spawnRun(directory, [], `llm run --run ${quoted(this.#catalog.pathOf(id))}`);
  }

  /** Goes on with the last job. Throws `pipeline/job-busy`, and `pipeline/job-missing` without one. */
  goOn(): Job {
    this.#checkFree();
    const { job } = this;
    const again = this.#current?.kept.again;
    if (job === null || !job.canResume || again === undefined)
      throw new LlmError({ code: 'pipeline/job-missing', message: 'There is no job to go on with.' });
    const { run, lesson, command, leaves } = job;
    const { directory } = this.#current!.kept;
    const isTuning = run === null && lesson === null;
    // A training that was killed before it began has left nothing to resume.
    const isBegun = isTuning && directory !== undefined && holdsTuning(directory);
    const resume = isBegun && !again.includes('--resume') ? ['--resume'] : [];
    return this.#spawn({
      ...{ parameters: [...again, ...resume], again, directory },
      named: { run, lesson, command, leaves },
    });
  }

  /** The first time as Ctrl-C; again, it ends at once. */
  stop(): Job | null {
    const current = this.#current;
    if (current?.child === undefined || current.kept.job.state === 'ended') return this.job;
    current.child.kill(current.kept.job.state === 'running' ? 'SIGINT' : 'SIGKILL');
    change(current, { state: 'stopping' });
    return current.kept.job;
  }

  /** Stops what runs, and waits for it. */
  async close(): Promise<void> {
    this.stop();
    await this.#current?.ended;
  }

  #checkFree(): void {
    const { job } = this;
    if (job === null || job.state === 'ended') return;
    throw new LlmError({
      code: 'pipeline/job-busy',
      message: `${job.run ?? job.command} is running. One at a time: stop it, or wait for it.`,
    });
  }

  #spawnRun(directory: string, parameters: readonly string[], command: string): Job {
    const named = { run: this.#catalog.idOf(directory), lesson: null, command, leaves: null };
    const again = ['run', '--run', directory];
    return this.#spawn({ parameters: [...again, ...parameters], again, directory, named });
  }

  #spawn({
    named,
    ...process
  }: Omit<KeptJob, 'job'> & { readonly named: Pick<Job, 'run' | 'lesson' | 'command' | 'leaves'> }): Job {
    const [path, ...own] = this.#program;
    // Events of what is no run come on its standard output; a run keeps them. The channel tells it that this
    // server is no more.
    const says = named.run === null ? 'pipe' : 'ignore';
    const child = spawn(path, [...own, ...process.parameters], { stdio: ['ignore', says, 'pipe', 'ipc'] });
    const job: Job = {
      ...{ ...named, state: 'running', startedAt: Date.now() },
      ...{ endedAt: null, exitCode: null, canResume: false, said: '' },
    };
    const ended = new Promise<void>((resolve) => {
      child.once('error', ({ message }) => this.#end(current, 1, message, resolve));
      child.once('close', (code) => this.#end(current, code ?? 130, '', resolve));
    });
    const view = named.run === null ? new RunView() : undefined;
    const current: RunningJob = { kept: { ...process, job }, view, child, ended };
    this.#current = current;
    keep(current);
    const hear = (text: string): void =>
      change(current, { said: shownText(current.kept.job.said + text).slice(-keptText) });
    child.stderr?.on('data', (text) => hear(String(text)));
    if (child.stdout)
      createInterface(child.stdout).on('line', (line) => {
        const event = eventOf(line);
        if (event === undefined) hear(`${line}\n`);
        else view?.apply(event);
      });
    return current.kept.job;
  }

  #end(current: RunningJob, exitCode: number, said: string, resolve: () => void): void {
    change(current, {
      ...{ state: 'ended', endedAt: Date.now(), exitCode, said: current.kept.job.said + said },
      canResume: exitCode !== 0 && current.kept.again !== undefined,
    });
    keep(current);
    resolve();
  }
}

function change(current: RunningJob, changes: Partial<Job>): void {
  current.kept = { ...current.kept, job: { ...current.kept.job, ...changes } };
}

/** Where it cannot be kept it is done all the same, and says so. */
function keep(current: RunningJob): void {
  try {
    keepJob(current.kept);
  } catch (error) {
    const said = `${current.kept.job.said}Another server will not know of this job: ${describeError(error, false)}\n`;
    change(current, { said });
  }
}

/** It has ended with its server, once it has saved what it was at. */
function jobThatWasLeft({ job, again, directory }: KeptJob): Job {
  if (job.state === 'ended') return job;
  if (directory !== undefined && isWorkedOn(directory)) return { ...job, state: 'stopping' };
  const said = `${job.said}The server ended while this ran.\n`;
  return { ...job, state: 'ended', exitCode: 130, canResume: again !== undefined, said };
}

/** Each training is a stage of its own here, in whatever stage of a run or experiment it happens. */
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
