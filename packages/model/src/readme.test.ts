import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readmeExample } from '@llm/build/readme-example';
import { createRandom } from '@llm/core';
import { expect, test } from 'vitest';

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
    const run = (): Promise<Record<string, unknown>> => readmeExample(import.meta.dirname, names, 'train.ts');
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
