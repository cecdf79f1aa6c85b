import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readmeExample } from '@llm/build/readme-example';
import { expect, test } from 'vitest';

// Slow: the examples train

/** Runs the n-th ```ts block of the README (0 is the one `readmeExample` runs). */
async function laterExample(position: number, names: readonly string[]): Promise<Record<string, unknown>> {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  const block = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)][position]![1]!;
  const file = join(import.meta.dirname, `readme-example-${position}.${process.pid}.gen.ts`);
  await writeFile(file, `${block}\nexport { ${names.join(', ')} };\n`);
  try {
    return (await import(/* @vite-ignore */ file)) as Record<string, unknown>;
  } finally {
    await rm(file, { force: true });
  }
}

test('the first example learns exclusive or', async () => {
  const { last } = await readmeExample(import.meta.dirname, ['last']);
  expect(last).toBeLessThan(0.01);
});

test('the second example passes gradients straight through', async () => {
  expect((await laterExample(1, ['values'])).values).toEqual([5, 5, 0]);
});

test('the third example runs one model at two batch sizes', async () => {
  const { shapes, bytes } = await laterExample(2, ['shapes', 'bytes']);
  expect(shapes).toEqual([
    [1, 2],
    [5, 2],
  ]);
  expect((bytes as Uint8Array).length).toBeGreaterThan(100);
});
