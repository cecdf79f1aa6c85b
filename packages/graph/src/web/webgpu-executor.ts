/**
 * onnxruntime-web on WebGPU (its native provider). Parameters and optimizer state stay in GPU buffers between
 * steps. Needs a secure context and a browser with WebGPU.
 */
import { LlmError } from '@llm/core';
import type { Executor, Precision } from '../execution/executor.js';
import type { Runtime } from '../onnx-runtime/runtime.js';
import { createRuntimeExecutor } from '../onnx-runtime/runtime-executor.js';
import type { WasmExecutorOptions } from './wasm-executor.js';

export interface WebgpuExecutorOptions {
  /** Where ort-wasm-simd-threaded.asyncify.wasm and .mjs are. Default: beside the script. */
  readonly wasmPaths?: WasmExecutorOptions['wasmPaths'] | undefined;
  /** Let operators without a GPU kernel run on WebAssembly. Default false: refuse the graph. */
  readonly allowCpuFallback?: boolean | undefined;
  /**
   * What models generate in. `float16` needs an adapter with `shader-f16`; the first session throws
   * `graph/half-precision-missing` where there is none. Default float32.
   */
  readonly precision?: Precision | undefined;
}

interface WebRuntime extends Runtime {
  readonly env: { readonly wasm: { wasmPaths?: WasmExecutorOptions['wasmPaths'] | undefined } };
}

export function createWebgpuExecutor({
  wasmPaths,
  allowCpuFallback = false,
  precision,
}: WebgpuExecutorOptions = {}): Executor {
  return createRuntimeExecutor({
    name: 'onnxruntime-web/webgpu',
    target: 'webgpu',
    async load() {
      if (precision === 'float16') await requireHalfPrecision();
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
    precision,
  });
}

interface GpuAdapter {
  readonly features: ReadonlySet<string>;
  readonly info?: { readonly vendor: string; readonly architecture: string } | undefined;
}

async function requireHalfPrecision(): Promise<void> {
  const { gpu } = globalThis.navigator as Navigator & {
    readonly gpu?: { requestAdapter(): Promise<GpuAdapter | null> } | undefined;
  };
  const adapter = await gpu?.requestAdapter();
  if (adapter?.features.has('shader-f16')) return;
  const { vendor, architecture } = adapter?.info ?? { vendor: 'no GPU', architecture: '' };
  throw new LlmError({
    code: 'graph/half-precision-missing',
    message: `This browser's GPU (${`${vendor} ${architecture}`.trim()}) has no float16 shaders (shader-f16). Leave out precision: 'float16'.`,
    details: { vendor, architecture },
  });
}
