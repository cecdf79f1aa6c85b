import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNodeExecutor } from '@llm/graph/node';
import { afterAll, expect, test, vi } from 'vitest';
import { createModelConfig } from '../config/create-model-config.js';
import { ggufParts } from '../export/index.js';
import { oracleParameters } from '../fixtures/oracle-weights.js';
import { bytesSource, importGguf } from '../gguf/index.js';
import { createTransformer } from '../transformer.js';
import { dequantizeTensor, isQuantized, type WeightTensor } from '../weights/quantized-tensor.js';
import { fileSource } from './file-source.js';

const directory = mkdtempSync(join(tmpdir(), 'file-source-'));
afterAll(() => rmSync(directory, { recursive: true }));

// Llama's rows of queries and keys are out of order in a file.
const config = createModelConfig({
  depth: 2,
  width: 64,
  heads: 4,
  keyValueHeads: 2,
  vocabularySize: 70,
  contextLength: 32,
  queryKeyNormalization: 'none',
});
const parameters = oracleParameters(config);

function fileOf(dtype: 'q8_0' | 'q4_0'): string {
  const path = join(directory, `${dtype}.gguf`);
  writeFileSync(
    path,
    Buffer.concat([...ggufParts({ config, parameters, dtype })].map((part) => Buffer.from(part))),
  );
  return path;
}

async function imported(path: string): Promise<ReadonlyMap<string, WeightTensor>> {
  return (await importGguf(await fileSource(path), { quantized: true })).parameters;
}

test.each(['q8_0', 'q4_0'] as const)('matrices that are not held are those that are: %s', async (dtype) => {
  const path = fileOf(dtype);
  const held = await importGguf(bytesSource(readFileSync(path)), { quantized: true });
  const unread = await imported(path);
  let matrices = 0;
  for (const [name, tensor] of held.parameters) {
    const other = unread.get(name)!;
    if (!isQuantized(tensor) || !isQuantized(other)) {
      expect(other).toEqual(tensor);
      continue;
    }
    matrices++;
    if ('read' in tensor || !('read' in other)) throw new Error(`${name} is held the wrong way.`);
    expect({ ...other.read(), offsets: undefined }).toEqual({ ...tensor, offsets: undefined });
    const [rows, columns] = tensor.shape as [number, number];
    const some = dequantizeTensor(other.read(3, rows - 2));
    const all = dequantizeTensor(tensor);
    expect(some.shape).toEqual([rows - 5, columns]);
    expect(some.data).toEqual(all.data.subarray(3 * columns, (rows - 2) * columns));
  }
  expect(matrices).toBeGreaterThan(10);
  const prompts = [Int32Array.of(1, 2, 3), Int32Array.of(4, 5)];
  const tokensOf = async (weights: ReadonlyMap<string, WeightTensor>): Promise<unknown> => {
    const executor = createNodeExecutor({ threads: 1 });
    const model = await createTransformer({ config, parameters: weights, executor });
    const completions = await model.generate(prompts, { maxNewTokens: 8, temperature: 0 });
    const inputs = Int32Array.of(1, 2, 3, 4);
    const logits = await model.logits({ rows: 1, columns: 4, inputs });
    const merged = await model.mergedParameters();
    await model.dispose();
    return { completions, logits, merged };
  };
  expect(await tokensOf(unread)).toEqual(await tokensOf(held.parameters));
});

test('the files that a session is made of are gone when it has been made', async () => {
  const temporary = mkdtempSync(join(directory, 'temporary-'));
  vi.stubEnv('TMPDIR', temporary);
  try {
    const executor = createNodeExecutor({ threads: 1 });
    const weights = await imported(fileOf('q4_0'));
    const model = await createTransformer({ config, parameters: weights, executor });
    await model.generate([Int32Array.of(1)], { maxNewTokens: 2, temperature: 0 });
    expect(readdirSync(temporary)).toEqual([]);
    await model.dispose();
    vi.stubEnv('TMPDIR', join(temporary, 'not', 'there'));
    const other = await createTransformer({ config, parameters: weights, executor });
    await expect(other.generate([Int32Array.of(1)], { maxNewTokens: 2 })).rejects.toMatchObject({
      code: 'graph/model-files-failed',
      message: expect.stringContaining('TMPDIR') as unknown,
    });
    await other.dispose();
  } finally {
    vi.unstubAllEnvs();
  }
});

test('a file that has changed is not read on', async () => {
  const path = fileOf('q8_0');
  const weights = await imported(path);
  utimesSync(path, 1, 1);
  const model = await createTransformer({ config, parameters: weights, executor: createNodeExecutor() });
  await expect(model.generate([Int32Array.of(1)], { maxNewTokens: 2 })).rejects.toMatchObject({
    code: 'model/file-changed',
  });
  await model.dispose();
});
