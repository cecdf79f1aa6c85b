import { describe, expect, test } from 'vitest';
import { executorContract } from '../testing/executor-contract.js';
import { createWasmExecutor } from './wasm-executor.js';

describe('onnxruntime-web, WebAssembly in Node', () => {
  executorContract({ test, expect }, () => createWasmExecutor({ threads: 1 }));
});
