/**
 * The runtime the operator checks run on: onnxruntime-node on CPU, or what LLM_GRAPH_EXECUTOR names (`wasm`,
 * `webgpu`). WebGPU without a GPU needs a software Vulkan driver, which Chromium's package brings.
 */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Executor } from '../execution/executor.js';
import { createNodeExecutor } from '../node/node-executor.js';
import { createNodeWebgpuExecutor } from '../node/webgpu-executor.js';
import { createWasmExecutor } from '../web/wasm-executor.js';

const softwareDriver = '/usr/lib/chromium/vk_swiftshader_icd.json';
const loaders = ['/lib/x86_64-linux-gnu/libvulkan.so.1', '/lib/aarch64-linux-gnu/libvulkan.so.1'];

/**
 * Points the Vulkan loader at a driver; false, with a line on standard error, when there is none. Throws
 * instead where CI is set. Call before the first WebGPU session.
 */
export function prepareVulkan(): boolean {
  if (process.env.VK_ICD_FILENAMES !== undefined) return true;
  if (!existsSync(softwareDriver) || !loaders.some((path) => existsSync(path))) {
    const message = 'WebGPU needs a Vulkan driver (apt-get install libvulkan1 chromium)';
    if (process.env.CI) throw new Error(message);
    process.stderr.write(`SKIPPED: ${message}\n`);
    return false;
  }
  process.env.VK_ICD_FILENAMES = softwareDriver;
  process.env.XDG_RUNTIME_DIR ??= mkdtempSync(join(tmpdir(), 'vulkan-'));
  return true;
}

export function executorUnderTest(): Executor {
  const name = process.env.LLM_GRAPH_EXECUTOR ?? 'cpu';
  if (name === 'cpu') return createNodeExecutor({ threads: 1 });
  if (name === 'wasm') return createWasmExecutor({ threads: 1 });
  if (name === 'webgpu' && prepareVulkan()) return createNodeWebgpuExecutor();
  throw new Error(`LLM_GRAPH_EXECUTOR=${name}: not cpu, wasm or webgpu, or no Vulkan driver is installed.`);
}
