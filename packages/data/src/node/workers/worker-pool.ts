/**
 * Threads that do the tasks of a run. A page that takes too long, takes too much memory or takes the thread
 * down costs the thread: a new one goes on behind the page, which is counted as dropped where it stuck.
 */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { ArtifactStore } from '@llm/core';
import type { PhaseName } from '../pipeline/phases.js';
import type { RunPlan } from '../pipeline/run-context.js';
import { addStuckPage } from '../pipeline/stuck-pages.js';
import type { FromWorker, ToWorker, WorkerStart } from './messages.js';
import { PageClock } from './page-clock.js';
import { plainError, thrownError } from './plain-error.js';
import { answer } from './remote-store.js';
import type { StepsModule } from './steps-module.js';
import { isTypeScript, typeScriptLoader } from './typescript-loader.js';

export interface WorkerPoolOptions {
  readonly store: ArtifactStore;
  readonly plan: RunPlan;
  readonly steps: StepsModule | undefined;
  readonly workers: number;
  /** Of a page, before its worker is ended. */
  readonly pageSeconds: number;
  /** Of a worker's heap. */
  readonly memoryMegabytes: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress: (task: number, bytes: number, pages: number) => void;
  readonly onWarning: (code: string, message: string) => void;
}

/** How a thread ended that did not finish its task. */
type Ending = 'timeout' | 'memory' | 'crash';

class Thread {
  readonly clock = new PageClock();
  readonly #worker: Worker;
  #ending: Ending = 'crash';
  #error: Error | undefined;
  #settle:
    | { resolve(result: Readonly<Record<string, number>>): void; reject(error: unknown): void }
    | undefined;

  /** Hears how far the task is. */
  hear: (bytes: number, pages: number) => void = () => undefined;

  constructor(readonly options: WorkerPoolOptions) {
    const { plan, steps, memoryMegabytes } = options;
    const workerData: WorkerStart = { plan, steps, clock: this.clock.memory };
    this.#worker = startWorker(steps, {
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
    });
    this.#worker.on('message', (message: FromWorker) => void this.#receive(message));
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') this.#ending = 'memory';
      this.#error = error;
    });
    this.#worker.on('exit', () => this.#settle?.reject(new ThreadEnded(this.#ending, this.#error)));
  }

  run(phase: PhaseName, task: number): Promise<Readonly<Record<string, number>>> {
    const limit = this.options.pageSeconds * 1000;
    const watch = setInterval(() => {
      if ((this.clock.read()?.milliseconds ?? 0) <= limit) return;
      this.#ending = 'timeout';
      void this.#worker.terminate();
    }, 100);
    return new Promise<Readonly<Record<string, number>>>((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#send({ kind: 'task', phase, task });
    }).finally(() => {
      clearInterval(watch);
      this.#settle = undefined;
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  async #receive(message: FromWorker): Promise<void> {
    if (message.kind === 'done') this.#settle?.resolve(message.result);
    else if (message.kind === 'failed') this.#settle?.reject(thrownError(message.error));
    else if (message.kind === 'progress') this.hear(message.bytes, message.pages);
    else if (message.kind === 'warning') this.options.onWarning(message.code, message.message);
    else if (message.kind === 'store') {
      const { id } = message;
      try {
        this.#send({ kind: 'stored', id, value: await answer(this.options.store, message) });
      } catch (error) {
        this.#send({ kind: 'not-stored', id, error: plainError(error) });
      }
    }
  }
}

class ThreadEnded extends Error {
  constructor(
    readonly ending: Ending,
    cause: Error | undefined,
  ) {
    super(`A worker ended (${ending}): ${cause?.message ?? 'it called exit'}.`, { cause });
  }
}

export class WorkerPool {
  readonly #idle: Thread[] = [];
  readonly #all = new Set<Thread>();

  constructor(readonly options: WorkerPoolOptions) {}

  /** Does the tasks of a phase, in order, as many at once as there are workers. */
  async run(
    phase: PhaseName,
    tasks: readonly number[],
    onDone: (task: number, result: Readonly<Record<string, number>>) => void,
  ): Promise<void> {
    const queue = [...tasks];
    const { signal } = this.options;
    const lane = async (): Promise<void> => {
      for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
        signal?.throwIfAborted();
        onDone(task, await this.#runTask(phase, task));
      }
    };
    const stop = (): void => void this.end();
    signal?.addEventListener('abort', stop, { once: true });
    try {
      await Promise.all(Array.from({ length: Math.min(this.options.workers, tasks.length) }, lane));
    } catch (error) {
      queue.length = 0;
      await this.end();
      signal?.throwIfAborted();
      throw error;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  async end(): Promise<void> {
    const threads = [...this.#all];
    this.#all.clear();
    this.#idle.length = 0;
    await Promise.all(threads.map((thread) => thread.end()));
  }

  async #runTask(phase: PhaseName, task: number): Promise<Readonly<Record<string, number>>> {
    const { store, plan, signal, onProgress } = this.options;
    /** Memory may have been used up by the pages before: a page is tried once more, alone. */
    let fullAt = -1;
    for (;;) {
      const thread = this.#idle.pop() ?? this.#start();
      thread.hear = (bytes, pages) => onProgress(task, bytes, pages);
      try {
        const result = await thread.run(phase, task);
        this.#idle.push(thread);
        return result;
      } catch (error) {
        this.#all.delete(thread);
        await thread.end();
        signal?.throwIfAborted();
        const place = thread.clock.read();
        if (!(error instanceof ThreadEnded) || phase !== 'pages' || place === undefined) throw error;
        const { item, step } = place;
        if (error.ending === 'memory' && fullAt !== item) fullAt = item;
        else await addStuckPage(store, plan.units[task]!.place, { item, step, reason: error.ending });
      }
    }
  }

  #start(): Thread {
    const thread = new Thread(this.options);
    this.#all.add(thread);
    return thread;
  }
}

/** The worker's file: beside this one in the sources, an entry of its own in the package. */
function workerFile(): string {
  if (isTypeScript(import.meta.url)) return new URL('./worker.ts', import.meta.url).href;
  return pathToFileURL(createRequire(import.meta.url).resolve('@llm/data/worker')).href;
}

/**
 * A thread does not inherit a loader of TypeScript: it starts with one where its file or its steps need it.
 */
function startWorker(steps: StepsModule | undefined, options: WorkerOptions): Worker {
  const file = workerFile();
  const loader = typeScriptLoader(file) ?? (steps && typeScriptLoader(steps.module));
  // The process's own where none are named. What it loads first may be TypeScript, which a thread cannot read
  // before it has its loader; and flags of V8 are refused where they are named for a thread.
  const execArgv = isTypeScript(file) ? ['--conditions=@llm/source'] : undefined;
  const lines = [
    loader && `import { register } from ${JSON.stringify(loader)}; register();`,
    `await import(${JSON.stringify(file)});`,
  ];
  const start = `data:text/javascript,${encodeURIComponent(lines.filter(Boolean).join(' '))}`;
  return new Worker(new URL(start), execArgv === undefined ? options : { ...options, execArgv });
}
