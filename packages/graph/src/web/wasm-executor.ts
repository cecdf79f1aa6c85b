/**
 * onnxruntime-web on WebAssembly, in a browser or in Node.
 * Inputs are copied into the heap and outputs out of it.
 */
import type { Executor } from '../execution/executor.js';
import type { Runtime } from '../onnx-runtime/runtime.js';
import { createRuntimeExecutor } from '../onnx-runtime/runtime-executor.js';

export interface WasmExecutorOptions {
  /**
   * Threads, set once for the page: the first session decides. More than one needs `crossOriginIsolated` in a
   * browser. Default: the runtime's choice.
   */
  readonly threads?: number | undefined;
  /**
   * Where ort-wasm-simd-threaded.wasm and .mjs are: a prefix, or both addresses. Default: beside the script.
   */
  readonly wasmPaths?:
    | string
    | { readonly wasm?: string | undefined; readonly mjs?: string | undefined }
    | undefined;
}

/**
 * Only this build starts threads in Node. Held in a variable so that bundlers for browsers do not follow it.
 */
const nodeBuild = 'onnxruntime-web';
const inNode = typeof process !== 'undefined' && process.versions?.node !== undefined;

interface WebRuntime extends Runtime {
  readonly env: {
    readonly wasm: {
      numThreads?: number | undefined;
      wasmPaths?: WasmExecutorOptions['wasmPaths'] | undefined;
    };
  };
}

export function createWasmExecutor({ threads, wasmPaths }: WasmExecutorOptions = {}): Executor {
  return createRuntimeExecutor({
    name: 'onnxruntime-web/wasm',
    target: 'wasm',
    async load() {
      const module: unknown = inNode
        ? await import(/* @vite-ignore */ /* webpackIgnore: true */ nodeBuild)
        : await import('onnxruntime-web/wasm');
      const runtime = module as WebRuntime;
      if (threads !== undefined) runtime.env.wasm.numThreads = threads;
      if (wasmPaths !== undefined) runtime.env.wasm.wasmPaths = wasmPaths;
      return runtime;
    },
    sessionOptions: () => ({
      executionProviders: ['wasm'],
      executionMode: 'sequential',
      extra: { session: { set_denormal_as_zero: '1' } },
    }),
    hasDevice: false,
  });
}
