/** Runs every `ts` block of the README that imports this package, as it stands there. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]!);

test('the README has an example', () => expect(blocks.length).toBeGreaterThan(0));

test.each(blocks.map((block, index) => [index + 1, block] as const))(
  'README example %i runs',
  async (index, block) => {
    const directory = mkdtempSync(join(fileURLToPath(new URL('.', import.meta.url)), '.readme-'));
    try {
      const path = join(directory, `example-${index}.ts`);
      writeFileSync(
        path,
        `${block.replaceAll("'@llm/tokenizer'", "'../index.js'")}\nexport const finished = true;\n`,
      );
      const module = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { finished: boolean };
      expect(module.finished).toBe(true);
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);
