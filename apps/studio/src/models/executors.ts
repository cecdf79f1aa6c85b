/**
 * Where a model computes: WebGPU where there is an adapter and the self-test passes, else WebAssembly with
 * threads, else on one thread. The runtime's own files come from the page's folder.
 */
import type { Executor } from '@llm/graph';
import { createWasmExecutor, createWebgpuExecutor } from '@llm/graph/web';
import gpuScript from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import gpuBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import script from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import binary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { hearingExecutor } from './hearing-executor.js';

/** Of more a token takes no less time. */
const mostThreads = 8;

const place = (url: string): string => new URL(url, import.meta.url).href;

export interface Choice {
  readonly executor: Executor;
  readonly name: string;
}

export function threadCount(): number {
  return crossOriginIsolated ? Math.max(1, Math.min(mostThreads, navigator.hardwareConcurrency)) : 1;
}

export function wasmChoice(): Choice {
  const threads = threadCount();
  const executor = createWasmExecutor({
    threads,
    wasmPaths: { mjs: place(script), wasm: place(binary) },
  });
  return {
    executor: hearingExecutor(executor),
    name: `WebAssembly on ${threads === 1 ? 'one thread' : `${threads} threads`}`,
  };
}

/** Undefined where the browser has no GPU for pages. */
export async function webgpuChoice(): Promise<Choice | undefined> {
  const { gpu } = navigator as Navigator & {
    readonly gpu?: { requestAdapter(): Promise<GpuAdapter | null> } | undefined;
  };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  if (adapter === null || adapter === undefined) return undefined;
  const { vendor = '', architecture = '' } = adapter.info ?? {};
  const executor = createWebgpuExecutor({ wasmPaths: { mjs: place(gpuScript), wasm: place(gpuBinary) } });
  return {
    executor: hearingExecutor(executor),
    name: `WebGPU (${`${vendor} ${architecture}`.trim() || 'a GPU'})`,
  };
}

interface GpuAdapter {
  readonly info?: { readonly vendor: string; readonly architecture: string } | undefined;
}
