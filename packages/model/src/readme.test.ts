import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readmeExample } from '@llm/build/readme-example';
import { createRandom } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { expect, test } from 'vitest';
import { importHuggingFace } from './hugging-face/import-model.js';

// Slow: the walkthroughs train, tune and export models

test('the example of the README runs and does what it says', async () => {
  const { bits, text } = await readmeExample(import.meta.dirname, ['bits', 'text']);
  expect(bits).toBeLessThan(1);
  expect(text).toBe('sat on ');
});

test('a tiny GPT learns a text file, is stopped, goes on, and its best checkpoint writes such text', async () => {
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
    const run = (): Promise<Record<string, unknown>> =>
      readmeExample(import.meta.dirname, names, 'train.mts');
    const { report, continuation, resumed } = await run();
    expect(resumed).toBe(0);
    expect(report).toMatchObject({ steps: 150, bitsPerByte: expect.any(Number) });
    expect((report as { bitsPerByte: number }).bitsPerByte).toBeLessThan(0.6);
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

test('a model of a folder is fine-tuned with adapters, merged and exported', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'llm-readme-'));
  const here = process.cwd();
  process.chdir(directory);
  try {
    const names = ['parameters', 'before', 'after', 'merged'];
    const { parameters, before, after, merged } = await readmeExample(import.meta.dirname, names, 'lora.mts');
    expect(after).toBeLessThan(0.5 * (before as number));
    const exported = await importHuggingFace(new DirectoryStore('tuned'), 'merged');
    expect(exported.parameters).toEqual(merged);
    expect(exported.parameters).not.toEqual(parameters);
    expect(exported.tokenizerFiles).toHaveProperty(['tokenizer.json']);
  } finally {
    process.chdir(here);
    await rm(directory, { recursive: true });
  }
});

test('a checkpoint is exported, and transformers.js streams its text', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'llm-readme-'));
  const here = process.cwd();
  process.chdir(directory);
  try {
    const { text } = await readmeExample(import.meta.dirname, ['text'], 'export.mts');
    expect(text).toBe('sat on ');
  } finally {
    process.chdir(here);
    await rm(directory, { recursive: true });
  }
});

test('a GGUF file is written, looked into and read', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'llm-readme-'));
  const here = process.cwd();
  process.chdir(directory);
  try {
    const names = ['types', 'config', 'small', 'name', 'completion'];
    const { types, config, small, name, completion } = await readmeExample(
      import.meta.dirname,
      names,
      'gguf.mts',
    );
    expect(types).toEqual(expect.arrayContaining(['F32', 'Q4_K', 'Q6_K']));
    expect(config).toEqual(small);
    expect(name).toBe('Small');
    expect(completion).toMatchObject({ stopReason: 'length' });
  } finally {
    process.chdir(here);
    await rm(directory, { recursive: true });
  }
});
