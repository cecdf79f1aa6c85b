/**
 * onnxruntime-node on its WebGPU provider (Dawn): a GPU from Node without a browser. Parameters
 * and optimizer state stay in GPU buffers between steps. On a machine without a GPU, Chromium's
 * SwiftShader serves as Vulkan driver: VK_ICD_FILENAMES=/usr/lib/chromium/vk_swiftshader_icd.json
 * and XDG_RUNTIME_DIR set to a writable directory.
 */
import type { Executor, Precision } from '../execution/executor.js';
import { createRuntimeExecutor } from '../onnx-runtime/runtime-executor.js';
import { loadOnnxRuntimeNode } from './node-executor.js';

export interface NodeWebgpuExecutorOptions {
  /**
   * Let operators without a GPU kernel run on CPU, with
   * copies back and forth. Default false: refuse the graph.
   */
  readonly allowCpuFallback?: boolean | undefined;
  /** What models generate in. `float16` needs a GPU with float16 shaders. Default float32. */
  readonly precision?: Precision | undefined;
}

export function createNodeWebgpuExecutor({
  allowCpuFallback = false,
  precision,
}: NodeWebgpuExecutorOptions = {}): Executor {
  return createRuntimeExecutor({
    name: 'onnxruntime-node/webgpu',
    target: 'webgpu',
    load: loadOnnxRuntimeNode,
    sessionOptions: () => ({
      executionProviders: ['webgpu'],
      extra: { session: { disable_cpu_ep_fallback: allowCpuFallback ? '0' : '1' } },
    }),
    hasDevice: true,
    precision,
  });
}
