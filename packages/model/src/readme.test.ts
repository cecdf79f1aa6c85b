import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readmeExample } from '@llm/build/readme-example';
import { createRandom } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { MemoryArtifactStore } from '@llm/core/testing';
import { expect, test, vi } from 'vitest';
import { createModelConfig } from './config/create-model-config.js';
import { startHubServer } from './fixtures/hub-server.js';
import { exportHuggingFace } from './hugging-face/export-model.js';
import { importHuggingFace } from './hugging-face/import-model.js';
import { initialParameters } from './weights/initial-parameters.js';
import { headName } from './weights/parameter-names.js';

test('the example of the README runs and does what it says', async () => {
  const { bits, text } = await readmeExample(import.meta.dirname, ['bits', 'text']);
  expect(bits).toBeLessThan(1);
  expect(text).toBe('sat on ');
});

test('a tiny GPT learns a text file, is stopped, goes on, writes such text, and is exported to transformers.js', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'llm-readme-'));
  const before = process.cwd();
  process.chdir(directory);
  try {
    const random = createRandom(1);
    const animals = ['cat', 'dog', 'hen', 'fox'];
    const sentence = (): string => `The ${random.pick(animals)} ${random.pick(['sat', 'ran'])} on the mat.`;
    const paragraph = (): string => Array.from({ length: 2 + random.integer(4) }, sentence).join(' ');
    await writeFile('input.txt', Array.from({ length: 200 }, paragraph).join('\n\n'));
    const names = ['report', 'best', 'continuation', 'resumed'];
    const run = (): Promise<Record<string, unknown>> => readmeExample(import.meta.dirname, names, 'train.ts');
    const { report, continuation, resumed } = await run();
    expect(resumed).toBe(0);
    expect(report).toMatchObject({ steps: 150, bitsPerByte: expect.any(Number) });
    expect((report as { bitsPerByte: number }).bitsPerByte).toBeLessThan(0.6);
    // The next walkthrough takes the checkpoint of this one as it is.
    const { text } = await readmeExample(import.meta.dirname, ['text'], 'export.ts');
    expect(text).toMatch(/^ (cat|dog|hen|fox) (sat|ran) on the mat\./);
    expect(continuation).toMatch(/^(The (cat|dog|hen|fox) (sat|ran) on the mat\. ?)+/);
    const again = await run();
    expect(again.resumed).toBe(150);
    expect(again.report).toMatchObject({ steps: 0 });
    expect(again.continuation).toBe(continuation);
  } finally {
    process.chdir(before);
    await rm(directory, { recursive: true });
  }
});

test('a model from the hub is fine-tuned with adapters, merged and exported', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'llm-readme-'));
  const config = createModelConfig({ depth: 2, width: 64, vocabularySize: 257, contextLength: 64 });
  // A head that tells tokens apart, as that of a trained model: adapters leave it as it is.
  const parameters = new Map(initialParameters(config, 1));
  const head = parameters.get(headName)!;
  parameters.set(headName, { ...head, data: head.data.map((value) => 100 * value) });
  const files = new MemoryArtifactStore();
  await exportHuggingFace(files, '', { config, parameters, tokenizerFiles: { 'tokenizer.json': '{}' } });
  const published = new Map<string, Uint8Array>();
  for (const name of await files.list('')) published.set(name, await files.read(name));
  const hub = await startHubServer({ repository: 'Qwen/Qwen3-0.6B', files: published });
  vi.stubEnv('HF_ENDPOINT', hub.endpoint);
  vi.stubEnv('HF_HUB_CACHE', join(directory, 'cache'));
  const here = process.cwd();
  process.chdir(directory);
  try {
    const { before, after, merged } = await readmeExample(
      import.meta.dirname,
      ['before', 'after', 'merged'],
      'lora.ts',
    );
    expect(after).toBeLessThan(0.5 * (before as number));
    const exported = await importHuggingFace(new DirectoryStore('tuned'), 'merged');
    expect(exported.parameters).toEqual(merged);
    expect(exported.parameters).not.toEqual(parameters);
    expect(exported.tokenizerFiles).toHaveProperty(['tokenizer.json']);
  } finally {
    process.chdir(here);
    vi.unstubAllEnvs();
    await hub.close();
    await rm(directory, { recursive: true });
  }
});
