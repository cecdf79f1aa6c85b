/** Counts pieces in worker threads for `trainTokenizer`. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { LlmError } from '@llm/core';
import type { CountingBackend } from '../train/count-pieces.js';
import type { PieceCounts } from '../train/piece-counts.js';
import type { WorkerRequest } from './counting-worker.js';

interface Reply {
  readonly byteSize: number;
  readonly counts?: PieceCounts | undefined;
}

/** Batches a worker may have waiting. */
const batchesAhead = 2;

/**
 * `trainTokenizer(texts, { createCountingBackend: createCountingWorkers({ workers: 4 }) })`. Default: one
 * worker a core.
 */
export function createCountingWorkers(
  options: { readonly workers?: number | undefined } = {},
): (pattern: string) => CountingBackend {
  const workers = Math.max(1, options.workers ?? availableParallelism());
  return (pattern) => new WorkerPool(pattern, workers);
}

class WorkerPool implements CountingBackend {
  readonly #members: Member[];

  constructor(pattern: string, workers: number) {
    this.#members = Array.from({ length: workers }, () => new Member(pattern));
  }

  get byteSize(): number {
    return this.#members.reduce((sum, member) => sum + member.byteSize, 0);
  }

  async add(texts: readonly string[]): Promise<void> {
    const free = (): Member | undefined => {
      for (const { failure } of this.#members) if (failure !== undefined) throw failure;
      return this.#members
        .filter(({ waiting }) => waiting < batchesAhead)
        .sort((a, b) => a.waiting - b.waiting)[0];
    };
    let member = free();
    while (member === undefined) {
      await Promise.race(this.#members.map((busy) => busy.next));
      member = free();
    }
    member.send({ texts });
  }

  async collect(): Promise<PieceCounts> {
    const parts = await Promise.all(this.#members.map((member) => member.send({ collect: true })));
    return concatenate(parts.map(({ counts }) => counts!));
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#members.map((member) => member.stop()));
  }
}

class Member {
  byteSize = 0;
  waiting = 0;
  failure: unknown;
  /** The oldest answer that is still to come. */
  next: Promise<Reply> = Promise.resolve({ byteSize: 0 });
  readonly #worker: Worker;
  readonly #pending: {
    resolve: (reply: Reply) => void;
    reject: (error: unknown) => void;
    promise: Promise<Reply>;
  }[] = [];

  constructor(pattern: string) {
    // On sources the worker is TypeScript too and needs a loader.
    const isSource = import.meta.url.endsWith('.ts');
    this.#worker = new Worker(
      new URL(isSource ? './counting-worker-source.mjs' : './counting-worker.js', import.meta.url),
      {
        workerData: { pattern },
        execArgv: isSource ? ['--conditions=@llm/source'] : undefined,
      },
    );
    this.#worker.on('message', (reply: Reply) => {
      this.byteSize = reply.byteSize;
      this.waiting--;
      this.#pending.shift()?.resolve(reply);
      this.next = this.#pending[0]?.promise ?? Promise.resolve(reply);
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('messageerror', (error) => this.#fail(error));
    // A thread that ends without an error (out of memory, process.exit) would be waited for for ever.
    this.#worker.on('exit', (code) => {
      this.#fail(
        new LlmError({
          code: 'tokenizer/worker-ended',
          message: `A thread that counts pieces ended with code ${code} before its work was done; use fewer workers or a smaller memoryBudget.`,
          details: { code },
        }),
      );
    });
  }

  send(request: WorkerRequest): Promise<Reply> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    let resolve: (reply: Reply) => void = () => {};
    let reject: (error: unknown) => void = () => {};
    const promise = new Promise<Reply>((onResolve, onReject) => {
      resolve = onResolve;
      reject = onReject;
    });
    // A failure shows when the results are collected.
    promise.catch(() => {});
    this.#pending.push({ resolve, reject, promise });
    this.next = this.#pending[0]!.promise;
    this.waiting++;
    this.#worker.postMessage(request);
    return promise;
  }

  #fail(error: unknown): void {
    this.failure ??= error;
    this.waiting = 0;
    for (const { reject } of this.#pending.splice(0)) reject(this.failure);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}

function concatenate(parts: readonly PieceCounts[]): PieceCounts {
  const pieces = parts.reduce((sum, { lengths }) => sum + lengths.length, 0);
  const lengths = new Int32Array(pieces);
  const counts = new Float64Array(pieces);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.bytes.length, 0));
  let piece = 0;
  let byte = 0;
  for (const part of parts) {
    lengths.set(part.lengths, piece);
    counts.set(part.counts, piece);
    bytes.set(part.bytes, byte);
    piece += part.lengths.length;
    byte += part.bytes.length;
  }
  return { bytes, lengths, counts, textBytes: parts.reduce((sum, { textBytes }) => sum + textBytes, 0) };
}
