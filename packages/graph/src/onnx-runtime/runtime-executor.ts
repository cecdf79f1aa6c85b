/**
 * An executor over any build of ONNX Runtime for JavaScript. What differs between builds is passed in: how
 * the runtime is loaded, its session options, whether it has device memory.
 */
import { LlmError } from '@llm/core';
import type {
  CreateSessionOptions,
  Executor,
  ExternalContent,
  GraphSession,
  ResidentTensor,
  SessionOptions,
} from '../execution/executor.js';
import { bytesOfContents, isResident } from '../execution/executor.js';
import type { LoweringTarget } from '../lowering/lowering-rule.js';
import type { HostTensor, TensorType } from '../tensors/tensor.js';
import { createDeviceMemory } from './device-memory.js';
import type { Runtime, RuntimeSession, RuntimeTensor } from './runtime.js';

export interface RuntimeExecutorOptions {
  readonly name: string;
  readonly target: LoweringTarget;
  load(): Promise<Runtime>;
  sessionOptions(options: SessionOptions): Readonly<Record<string, unknown>>;
  /** Outputs can stay in GPU buffers. */
  readonly hasDevice: boolean;
  /**
   * Puts a model and the contents beside it into files that the runtime maps; undefined where it may as well
   * read them from memory. Default: always from memory.
   */
  writeFiles?(
    model: Uint8Array,
    externalData: ReadonlyMap<string, ExternalContent>,
  ): Promise<ModelFiles | undefined>;
}

export interface ModelFiles {
  /** Of the model; the others lie beside it. */
  readonly path: string;
  /** When the session has been made, or could not be; again, if anything is left, when it is disposed of. */
  remove(): Promise<void>;
}

export function createRuntimeExecutor(options: RuntimeExecutorOptions): Executor {
  const createSession = async (
    model: Uint8Array,
    { resident = [], externalData = new Map(), ...session }: CreateSessionOptions = {},
  ): Promise<GraphSession> => {
    const runtime = await options.load();
    const locations = Object.fromEntries(resident.map((name) => [name, 'gpu-buffer']));
    const files = await options.writeFiles?.(model, externalData);
    try {
      const contents = files === undefined ? bytesOfContents(externalData) : [];
      const created = await runtime.InferenceSession.create(files?.path ?? model, {
        graphOptimizationLevel: session.optimization ?? 'all',
        logSeverityLevel: 3,
        ...options.sessionOptions(session),
        preferredOutputLocation: options.hasDevice ? locations : undefined,
        externalData: Array.from(contents, ([path, data]) => ({ path, data })),
      });
      return new OnnxRuntimeSession(runtime, created, files);
    } catch (cause) {
      throw new LlmError({
        code: 'graph/session-failed',
        message: `${options.name} refused the graph: ${cause instanceof Error ? cause.message : String(cause)}`,
        cause,
      });
    } finally {
      await files?.remove();
    }
  };
  const executor = { name: options.name, target: options.target, createSession };
  return options.hasDevice ? { ...executor, device: createDeviceMemory(createSession) } : executor;
}

class OnnxRuntimeSession implements GraphSession {
  constructor(
    private readonly runtime: Runtime,
    private readonly session: RuntimeSession,
    private readonly files: ModelFiles | undefined,
  ) {}

  async run(
    feeds: Readonly<Record<string, HostTensor>>,
    fetches: readonly string[] = this.session.outputNames,
  ): Promise<Record<string, HostTensor>> {
    const results = await this.#run(feeds, fetches);
    return Object.fromEntries(fetches.map((name) => [name, toHostTensor(results[name]!)]));
  }

  async runResident(
    feeds: Readonly<Record<string, HostTensor | ResidentTensor>>,
    fetches: readonly string[] = this.session.outputNames,
  ): Promise<Record<string, HostTensor | ResidentTensor>> {
    const results = await this.#run(feeds, fetches);
    return Object.fromEntries(
      fetches.map((name) => {
        const tensor = results[name]!;
        return [name, tensor.location === 'gpu-buffer' ? new GpuTensor(tensor) : toHostTensor(tensor)];
      }),
    );
  }

  async dispose(): Promise<void> {
    await this.session.release();
    await this.files?.remove();
  }

  async #run(
    feeds: Readonly<Record<string, HostTensor | ResidentTensor>>,
    fetches: readonly string[],
  ): Promise<Readonly<Record<string, RuntimeTensor>>> {
    const inputs: Record<string, RuntimeTensor> = {};
    for (const name of this.session.inputNames) {
      const feed = feeds[name];
      if (feed === undefined) {
        throw new LlmError({
          code: 'graph/feed-missing',
          message: `The graph's input "${name}" was not fed.`,
        });
      }
      inputs[name] = isResident(feed)
        ? (feed as GpuTensor).tensor
        : new this.runtime.Tensor(feed.type, feed.data, feed.shape);
    }
    try {
      return await this.session.run(inputs, fetches);
    } catch (cause) {
      throw new LlmError({
        code: 'graph/run-failed',
        message: `The runtime failed: ${cause instanceof Error ? cause.message : String(cause)}`,
        cause,
      });
    }
  }
}

class GpuTensor implements ResidentTensor {
  readonly location = 'device';

  constructor(readonly tensor: RuntimeTensor) {}

  get type(): TensorType {
    return this.tensor.type as TensorType;
  }

  get shape(): readonly number[] {
    return this.tensor.dims;
  }

  dispose(): void {
    this.tensor.dispose();
  }
}

function toHostTensor({ type, dims, data }: RuntimeTensor): HostTensor {
  return { type: type as TensorType, shape: dims, data: data as HostTensor['data'] };
}
