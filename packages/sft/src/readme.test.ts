import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test("the README's example is the file that runs here, and it does what it says", async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const example = readFileSync(new URL('./readme-example.ts', import.meta.url), 'utf8');
  expect(readme.split('```ts\n')[1]!.split('```')[0]).toBe(example);
  const { report } = await import('./readme-example.js');
  expect(report).toMatchObject({ formatValid: 1, exactMatch: 1, stopRate: 1 });
});
