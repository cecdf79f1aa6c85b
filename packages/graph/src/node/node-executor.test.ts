import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { executorContract } from '../testing/executor-contract.js';
import { createNodeExecutor } from './node-executor.js';

// Slow: the executor contract trains on ONNX Runtime

describe('onnxruntime-node, 1 thread', () => {
  executorContract({ test, expect }, () => createNodeExecutor({ threads: 1 }));
});

describe('onnxruntime-node, 2 threads, compact memory', () => {
  executorContract({ test, expect }, () => createNodeExecutor({ threads: 2, memory: 'compact' }));
});

test('where the runtime is not installed the error says how to install it', async () => {
  const program = fileURLToPath(new URL('./fixtures/without-runtime.ts', import.meta.url));
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=@llm/source',
    '--import',
    tsx,
    program,
  ]);
  const outcomes = JSON.parse(stdout) as { code: string; message: string }[];
  expect(outcomes.map(({ code }) => code)).toEqual(['graph/runtime-missing', 'graph/runtime-missing']);
  for (const { message } of outcomes) {
    expect(message).toContain('onnxruntime-node is not installed');
    expect(message).toContain('ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node');
  }
});

test('training with two threads is the same to the bit in separate processes', async () => {
  const program = fileURLToPath(new URL('./fixtures/step-digest.ts', import.meta.url));
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const digests = await Promise.all(
    Array.from({ length: 2 }, () =>
      promisify(execFile)(process.execPath, ['--conditions=@llm/source', '--import', tsx, program, '2']),
    ),
  );
  expect(digests[0]!.stdout).toMatch(/^[0-9a-f]{64}$/);
  expect(new Set(digests.map(({ stdout }) => stdout)).size).toBe(1);
});
