/** onnxruntime-node on CPU. Inputs are read in place; outputs come in new memory. */
import { LlmError } from '@llm/core';
import type { Executor } from '../execution/executor.js';
import type { Runtime } from '../onnx-runtime/runtime.js';
import { createRuntimeExecutor } from '../onnx-runtime/runtime-executor.js';
import { writeModelFiles } from './model-files.js';

export interface NodeExecutorOptions {
  /**
   * Threads inside an operator. Results are the same to the bit for the same number. Default: physical cores.
   */
  readonly threads?: number | undefined;
  /**
   * `fast` (default) keeps every session's working memory for the next run; `compact` gives memory back after
   * each run: about half as much for a training step, 3 to 5 % more time (measured on a 5 M-parameter model).
   * Worth it for long sequences and for sessions of many shapes.
   */
  readonly memory?: 'fast' | 'compact' | undefined;
}

export function createNodeExecutor({ threads, memory = 'fast' }: NodeExecutorOptions = {}): Executor {
  return createRuntimeExecutor({
    name: 'onnxruntime-node/cpu',
    target: 'cpu',
    load: loadOnnxRuntimeNode,
    sessionOptions: () => ({
      executionProviders: ['cpu'],
      // The binding refuses the key when it is there and undefined.
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      interOpNumThreads: 1,
      executionMode: 'sequential',
      enableCpuMemArena: memory === 'fast',
      // The planned block is held beside the arena from the second
      // run on: twice the memory, no time gained (measured).
      enableMemPattern: false,
      // The binding takes strings only. Denormals: a decaying second moment reaches them and slows tenfold.
      extra: { session: { set_denormal_as_zero: '1' } },
    }),
    hasDevice: false,
    writeFiles: writeModelFiles,
  });
}

/**
 * Loaded when first used, so that the peer is needed only by those who run on it. Throws
 * `graph/runtime-missing` where it is not installed or does not load on this machine.
 */
export async function loadOnnxRuntimeNode(): Promise<Runtime> {
  try {
    return (await import('onnxruntime-node')) as unknown as Runtime;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    const isMissing =
      /onnxruntime-node/.test(said) && (cause as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND';
    throw new LlmError({
      code: 'graph/runtime-missing',
      message: `onnxruntime-node ${isMissing ? 'is not installed' : `does not load: ${said}`}. ${isMissing ? 'Install it' : 'Install it anew'}: ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node (the variable leaves out CUDA libraries, which nothing here uses).`,
      details: { package: 'onnxruntime-node', reason: said },
      cause,
    });
  }
}
