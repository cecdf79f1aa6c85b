/**
 * The thread's side of a worker executor: runs sessions of any executor and keeps the tensors that stay with
 * them, in device memory where there is some.
 */
import { LlmError } from '@llm/core';
import type { Executor, GraphSession, ResidentTensor } from '../execution/executor.js';
import { isResident } from '../execution/executor.js';
import { discardArray } from '../tensors/discard-array.js';
import type { HostTensor } from '../tensors/tensor.js';
import type {
  NumberedRequest,
  WireTensor,
  WorkerReply,
  WorkerRequest,
  WorkerResult,
} from './worker-protocol.js';

/** Returns the function that takes each message; replies go to `post`. */
export function serveExecutor(
  executor: Executor,
  post: (reply: WorkerReply) => void,
): (message: NumberedRequest) => void {
  const server = new ExecutorServer(executor);
  // One after the other: a step must not read state that the step before it is still writing.
  let queue: Promise<void> = Promise.resolve();
  return ({ id, request }) => {
    queue = queue.then(async () => {
      let reply: WorkerReply;
      try {
        reply = { id, result: await server.answer(request) };
      } catch (error) {
        const code = LlmError.isInstance(error) ? error.code : 'graph/worker-failed';
        reply = { id, error: { code, message: error instanceof Error ? error.message : String(error) } };
      }
      post(reply);
    });
  };
}

class ExecutorServer {
  readonly #sessions = new Map<number, GraphSession>();
  readonly #residents = new Map<number, HostTensor | ResidentTensor>();
  #counter = 0;

  constructor(private readonly executor: Executor) {}

  async answer(request: WorkerRequest): Promise<WorkerResult> {
    const { device } = this.executor;
    switch (request.kind) {
      case 'create': {
        const session = await this.executor.createSession(request.model, request.options);
        this.#sessions.set(++this.#counter, session);
        return { session: this.#counter };
      }
      case 'run':
        return { outputs: await this.#run(request) };
      case 'upload':
        return { tensor: this.#keep(device ? await device.upload(request.tensor) : request.tensor) };
      case 'download': {
        const tensor = this.#residents.get(request.resident)!;
        return { tensor: isResident(tensor) ? await device!.download(tensor) : tensor };
      }
      case 'free':
        this.#free(request.resident);
        return { done: true };
      case 'dispose':
        await this.#sessions.get(request.session)!.dispose();
        this.#sessions.delete(request.session);
        return { done: true };
    }
  }

  async #run({
    session: id,
    feeds: wire,
    fetches,
    kept,
  }: Extract<WorkerRequest, { kind: 'run' }>): Promise<Record<string, WireTensor>> {
    const session = this.#sessions.get(id)!;
    const feeds = Object.fromEntries(
      Object.entries(wire).map(([name, tensor]) => [
        name,
        'resident' in tensor ? this.#residents.get(tensor.resident)! : tensor,
      ]),
    );
    const results = session.runResident
      ? await session.runResident(feeds, fetches)
      : await session.run(feeds as Record<string, HostTensor>, fetches);
    const replied: Record<string, WireTensor> = {};
    for (const [name, tensor] of Object.entries(results)) {
      if (kept.includes(name)) replied[name] = this.#keep(tensor);
      else replied[name] = isResident(tensor) ? await this.#takeDown(tensor) : tensor;
    }
    return replied;
  }

  /** A session's resident output that this run did not ask to keep. */
  async #takeDown(tensor: ResidentTensor): Promise<HostTensor> {
    const host = await this.executor.device!.download(tensor);
    tensor.dispose();
    return host;
  }

  #keep(tensor: HostTensor | ResidentTensor): WireTensor {
    const resident = ++this.#counter;
    this.#residents.set(resident, tensor);
    return { resident, type: tensor.type, shape: tensor.shape };
  }

  #free(resident: number): void {
    const tensor = this.#residents.get(resident)!;
    this.#residents.delete(resident);
    if (isResident(tensor)) tensor.dispose();
    else discardArray(tensor.data);
  }
}
