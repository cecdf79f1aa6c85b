// Runs the first ```ts block of a package's README as it stands there, so that examples cannot rot.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * @param {string} directory the test's own directory, `src/` of the package
 * @param {readonly string[]} names top-level constants of the example to return
 */
export async function readmeExample(directory, names) {
  const readme = await readFile(join(directory, '../README.md'), 'utf8');
  const block = /```ts\n([\s\S]*?)```/.exec(readme);
  if (block === null) throw new Error(`${directory}/../README.md has no \`\`\`ts block`);
  const file = join(directory, `readme-example.${process.pid}.gen.ts`);
  await writeFile(file, `${block[1]}\nexport { ${names.join(', ')} };\n`);
  try {
    return await import(/* @vite-ignore */ file);
  } finally {
    await rm(file, { force: true });
  }
}
