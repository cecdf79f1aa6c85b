/**
 * onnxruntime-web on WebGPU (its native provider). Parameters and optimizer state stay in GPU buffers between
 * steps. Needs a secure context and a browser with WebGPU.
 */
import type { Executor } from '../execution/executor.js';
import type { Runtime } from '../onnx-runtime/runtime.js';
import { createRuntimeExecutor } from '../onnx-runtime/runtime-executor.js';
import type { WasmExecutorOptions } from './wasm-executor.js';

export interface WebgpuExecutorOptions {
  /** Where ort-wasm-simd-threaded.asyncify.wasm and .mjs are. Default: beside the script. */
  readonly wasmPaths?: WasmExecutorOptions['wasmPaths'] | undefined;
  /** Let operators without a GPU kernel run on WebAssembly. Default false: refuse the graph. */
  readonly allowCpuFallback?: boolean | undefined;
}

interface WebRuntime extends Runtime {
  readonly env: { readonly wasm: { wasmPaths?: WasmExecutorOptions['wasmPaths'] | undefined } };
}

export function createWebgpuExecutor({
  wasmPaths,
  allowCpuFallback = false,
}: WebgpuExecutorOptions = {}): Executor {
  return createRuntimeExecutor({
    name: 'onnxruntime-web/webgpu',
    target: 'webgpu',
    async load() {
      const module: unknown = await import('onnxruntime-web/webgpu');
      const runtime = module as WebRuntime;
      if (wasmPaths !== undefined) runtime.env.wasm.wasmPaths = wasmPaths;
      return runtime;
    },
    sessionOptions: () => ({
      executionProviders: ['webgpu'],
      extra: { session: { disable_cpu_ep_fallback: allowCpuFallback ? '0' : '1' } },
    }),
    hasDevice: true,
  });
}
