/**
 * An executor over any build of ONNX Runtime for JavaScript. What differs between builds is passed in: how the
 * runtime is loaded, its session options, whether it honours preallocated outputs, whether it has device memory.
 */
import { LlmError } from '@llm/core';
import type {
  CreateSessionOptions,
  Executor,
  GraphSession,
  LoweringTarget,
  ResidentTensor,
  SessionOptions,
} from '../executor.js';
import { isResident } from '../executor.js';
import { copyInto, type HostTensor, type TensorType } from '../tensor.js';
import { createDeviceMemory } from './device-memory.js';
import type { Runtime, RuntimeSession, RuntimeTensor } from './runtime.js';

export interface RuntimeExecutorOptions {
  readonly name: string;
  readonly target: LoweringTarget;
  load(): Promise<Runtime>;
  sessionOptions(options: SessionOptions): Readonly<Record<string, unknown>>;
  /** The runtime writes preallocated CPU outputs in place. onnxruntime-web returns them unwritten. */
  readonly writesPreallocated: boolean;
  /** Outputs can stay in GPU buffers. */
  readonly hasDevice: boolean;
  /** How sessions with resident outputs are made where there is no device. Default: like all others. */
  readonly createInPlace?:
    | ((
        runtime: Runtime,
        model: Uint8Array,
        options: Readonly<Record<string, unknown>>,
      ) => Promise<RuntimeSession>)
    | undefined;
}

export function createRuntimeExecutor(options: RuntimeExecutorOptions): Executor {
  const createSession = async (
    model: Uint8Array,
    { resident = [], externalData = new Map(), ...session }: CreateSessionOptions = {},
  ): Promise<GraphSession> => {
    const runtime = await options.load();
    const locations = options.hasDevice
      ? { preferredOutputLocation: Object.fromEntries(resident.map((name) => [name, 'gpu-buffer'])) }
      : {};
    try {
      const create =
        resident.length > 0 && options.createInPlace !== undefined
          ? options.createInPlace
          : (_: Runtime, ...rest: Parameters<Runtime['InferenceSession']['create']>) =>
              runtime.InferenceSession.create(...rest);
      const created = await create(runtime, model, {
        graphOptimizationLevel: session.optimization ?? 'all',
        logSeverityLevel: 3,
        ...options.sessionOptions(session),
        ...locations,
        ...(externalData.size > 0
          ? { externalData: Array.from(externalData, ([path, data]) => ({ path, data })) }
          : {}),
      });
      return new OnnxRuntimeSession(runtime, created, options.writesPreallocated);
    } catch (cause) {
      throw new LlmError({
        code: 'graph/session-failed',
        message: `${options.name} refused the graph: ${cause instanceof Error ? cause.message : String(cause)}`,
        cause,
      });
    }
  };
  const executor = { name: options.name, target: options.target, createSession };
  return options.hasDevice ? { ...executor, device: createDeviceMemory(createSession) } : executor;
}

class OnnxRuntimeSession implements GraphSession {
  constructor(
    private readonly runtime: Runtime,
    private readonly session: RuntimeSession,
    private readonly writesPreallocated: boolean,
  ) {}

  async run(
    feeds: Readonly<Record<string, HostTensor>>,
    fetches: readonly string[] = this.session.outputNames,
    preallocated: Readonly<Record<string, HostTensor>> = {},
  ): Promise<Record<string, HostTensor>> {
    const inPlace = this.writesPreallocated ? preallocated : {};
    const results = await this.#run(feeds, fetches, inPlace);
    const outputs: Record<string, HostTensor> = {};
    for (const name of fetches) {
      const target = preallocated[name];
      if (target === undefined) outputs[name] = toHostTensor(results[name]!);
      else {
        if (!this.writesPreallocated) copyInto(target, toHostTensor(results[name]!));
        outputs[name] = target;
      }
    }
    return outputs;
  }

  async runResident(
    feeds: Readonly<Record<string, HostTensor | ResidentTensor>>,
    fetches: readonly string[],
  ): Promise<Record<string, HostTensor | ResidentTensor>> {
    const results = await this.#run(feeds, fetches, {});
    return Object.fromEntries(
      fetches.map((name) => {
        const tensor = results[name]!;
        return [name, tensor.location === 'gpu-buffer' ? new GpuTensor(tensor) : toHostTensor(tensor)];
      }),
    );
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }

  async #run(
    feeds: Readonly<Record<string, HostTensor | ResidentTensor>>,
    fetches: readonly string[],
    preallocated: Readonly<Record<string, HostTensor>>,
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
      inputs[name] = isResident(feed) ? (feed as GpuTensor).tensor : this.#wrap(feed);
    }
    const wanted: Record<string, RuntimeTensor | null> = {};
    for (const name of fetches) {
      const target = preallocated[name];
      wanted[name] = target === undefined ? null : this.#wrap(target);
    }
    try {
      return await this.session.run(inputs, wanted);
    } catch (cause) {
      throw new LlmError({
        code: 'graph/run-failed',
        message: `The runtime failed: ${cause instanceof Error ? cause.message : String(cause)}`,
        cause,
      });
    }
  }

  #wrap({ type, data, shape }: HostTensor): RuntimeTensor {
    return new this.runtime.Tensor(type, data, shape);
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
