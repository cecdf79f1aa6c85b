/**
 * An executor whose sessions run in another thread: `run()` of the runtime blocks the thread that calls it,
 * so a page, a server or an interface keeps answering only when that is another one. Parameters and optimizer
 * state stay with the worker between steps; a batch goes over and a loss comes back.
 */
import { LlmError } from '@llm/core';
import type { CreateSessionOptions, Executor, GraphSession, ResidentTensor } from '../execution/executor.js';
import { bytesOfContents, isResident } from '../execution/executor.js';
import type { LoweringTarget } from '../lowering/lowering-rule.js';
import type { HostTensor, TensorType } from '../tensors/tensor.js';
import type {
  ResidentHandle,
  WireTensor,
  WorkerPort,
  WorkerReply,
  WorkerRequest,
  WorkerResult,
} from './worker-protocol.js';

export interface WorkerExecutor extends Executor {
  /** Ends the thread; sessions and state are gone. */
  close(): Promise<void>;
}

export interface WorkerExecutorOptions {
  readonly name: string;
  readonly target: LoweringTarget;
  /** Aborting rejects what is under way at once, with the signal's reason, and ends the thread. */
  readonly signal: AbortSignal | undefined;
}

export function createWorkerExecutor(
  port: WorkerPort,
  { name, target, signal }: WorkerExecutorOptions,
): WorkerExecutor {
  const channel = new Channel(port);
  if (signal?.aborted) channel.fail(signal.reason);
  signal?.addEventListener('abort', () => channel.fail(signal.reason), { once: true });
  return {
    name,
    target,
    async createSession(model, { externalData, ...rest } = {}) {
      // What makes a content cannot go to another thread.
      const options = { ...rest, externalData: externalData && bytesOfContents(externalData) };
      const { session } = await channel.ask<{ session: number }>({ kind: 'create', model, options });
      return new WorkerSession(channel, session, options);
    },
    device: {
      async upload(tensor) {
        const reply = await channel.ask<{ tensor: ResidentHandle }>({ kind: 'upload', tensor });
        return new WorkerTensor(channel, reply.tensor);
      },
      async download(tensor) {
        const { resident } = (tensor as WorkerTensor).handle;
        return (await channel.ask<{ tensor: HostTensor }>({ kind: 'download', resident })).tensor;
      },
    },
    close: () => channel.close(),
  };
}

/** Requests to the thread and the promises of their replies. */
class Channel {
  readonly #pending = new Map<
    number,
    { resolve(result: WorkerResult): void; reject(error: unknown): void }
  >();
  #counter = 0;
  #failure: { readonly reason: unknown } | undefined;

  constructor(private readonly port: WorkerPort) {
    port.setBusy(false);
    port.listen(
      (reply) => this.#settle(reply),
      (reason) => this.fail(reason),
    );
  }

  ask<Result extends WorkerResult>(request: WorkerRequest): Promise<Result> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.reason);
    const id = ++this.#counter;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: (result) => resolve(result as Result), reject });
      this.port.setBusy(true);
      this.port.post({ id, request });
    });
  }

  fail(reason: unknown): Promise<void> {
    this.#failure ??= { reason };
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
    this.port.setBusy(false);
    return this.port.terminate();
  }

  close(): Promise<void> {
    return this.fail(
      new LlmError({ code: 'graph/worker-closed', message: 'The worker executor was closed.' }),
    );
  }

  #settle({ id, result, error }: WorkerReply): void {
    const waiting = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) this.port.setBusy(false);
    if (error === undefined) waiting?.resolve(result!);
    else waiting?.reject(new LlmError(error));
  }
}

class WorkerTensor implements ResidentTensor {
  readonly location = 'device';

  constructor(
    private readonly channel: Channel,
    readonly handle: ResidentHandle,
  ) {}

  get type(): TensorType {
    return this.handle.type;
  }

  get shape(): readonly number[] {
    return this.handle.shape;
  }

  dispose(): void {
    // Nobody waits for this; a closed worker has freed everything.
    this.channel.ask({ kind: 'free', resident: this.handle.resident }).catch(() => {});
  }
}

class WorkerSession implements GraphSession {
  constructor(
    private readonly channel: Channel,
    private readonly session: number,
    private readonly options: CreateSessionOptions,
  ) {}

  async run(
    feeds: Readonly<Record<string, HostTensor>>,
    fetches?: readonly string[],
  ): Promise<Record<string, HostTensor>> {
    return (await this.#run(feeds, fetches, [])) as Record<string, HostTensor>;
  }

  async runResident(
    feeds: Readonly<Record<string, HostTensor | ResidentTensor>>,
    fetches?: readonly string[],
  ): Promise<Record<string, HostTensor | ResidentTensor>> {
    const wire = Object.fromEntries(
      Object.entries(feeds).map(([name, tensor]): [string, WireTensor] => [
        name,
        isResident(tensor) ? (tensor as WorkerTensor).handle : tensor,
      ]),
    );
    const { resident = [] } = this.options;
    const kept = fetches === undefined ? resident : resident.filter((name) => fetches.includes(name));
    const outputs = await this.#run(wire, fetches, kept);
    return Object.fromEntries(
      Object.entries(outputs).map(([name, tensor]) => [
        name,
        'resident' in tensor ? new WorkerTensor(this.channel, tensor) : tensor,
      ]),
    );
  }

  async dispose(): Promise<void> {
    await this.channel.ask({ kind: 'dispose', session: this.session });
  }

  async #run(
    feeds: Readonly<Record<string, WireTensor>>,
    fetches: readonly string[] | undefined,
    kept: readonly string[],
  ): Promise<Record<string, WireTensor>> {
    const request = { kind: 'run', session: this.session, feeds, fetches, kept } as const;
    const { outputs } = await this.channel.ask<{ outputs: Readonly<Record<string, WireTensor>> }>(request);
    return { ...outputs };
  }
}
