/**
 * onnxruntime-node on CPU. Inputs are read in place. Preallocated outputs are written in place; the runtime also
 * copies every output into the tensor it returns, which is dropped here.
 */
import { LlmError } from '@llm/core';
import * as ort from 'onnxruntime-node';
import type { Executor, GraphSession, SessionOptions } from '../executor.js';
import type { HostTensor, TensorType } from '../tensor.js';

export interface NodeExecutorOptions {
  /** Threads inside an operator. Results are the same to the bit for the same number. Default: physical cores. */
  readonly threads?: number;
}

export function createNodeExecutor(options: NodeExecutorOptions = {}): Executor {
  return {
    name: 'onnxruntime-node/cpu',
    target: 'cpu',
    async createSession(model, session) {
      try {
        return new NodeSession(await ort.InferenceSession.create(model, runtimeOptions(options, session)));
      } catch (cause) {
        throw new LlmError({
          code: 'graph/session-failed',
          message: `onnxruntime-node refused the graph: ${cause instanceof Error ? cause.message : String(cause)}`,
          cause,
        });
      }
    },
  };
}

function runtimeOptions(
  { threads }: NodeExecutorOptions,
  { optimization = 'all' }: SessionOptions = {},
): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: optimization,
    logSeverityLevel: 3,
    // The binding takes strings only. Denormals: a decaying second moment reaches them and slows tenfold.
    extra: { session: { set_denormal_as_zero: '1' } },
  };
}

class NodeSession implements GraphSession {
  constructor(private readonly session: ort.InferenceSession) {}

  async run(
    feeds: Readonly<Record<string, HostTensor>>,
    fetches: readonly string[] = this.session.outputNames,
    preallocated: Readonly<Record<string, HostTensor>> = {},
  ): Promise<Record<string, HostTensor>> {
    const inputs: Record<string, ort.Tensor> = {};
    for (const name of this.session.inputNames) {
      const feed = feeds[name];
      if (feed === undefined) {
        throw new LlmError({
          code: 'graph/feed-missing',
          message: `The graph's input "${name}" was not fed.`,
        });
      }
      inputs[name] = toRuntime(feed);
    }
    const wanted: Record<string, ort.Tensor | null> = {};
    for (const name of fetches) {
      const target = preallocated[name];
      wanted[name] = target === undefined ? null : toRuntime(target);
    }
    const results = await this.session.run(inputs, wanted);
    const outputs: Record<string, HostTensor> = {};
    for (const name of fetches) outputs[name] = preallocated[name] ?? fromRuntime(results[name]!);
    return outputs;
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}

function toRuntime({ type, data, shape }: HostTensor): ort.Tensor {
  return new ort.Tensor(type, data, shape);
}

function fromRuntime(tensor: ort.Tensor): HostTensor {
  return {
    type: tensor.type as TensorType,
    shape: tensor.dims,
    data: tensor.data as HostTensor['data'],
  };
}
