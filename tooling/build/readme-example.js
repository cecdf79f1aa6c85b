// Runs a ```ts block of a package's README as it stands there, so that examples cannot rot.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * @param {string} directory the test's own directory, `src/` of the package
 * @param {readonly string[]} names top-level constants of the example to return
 * @param {string} [title] the block whose first line is `// title`; without it the first block
 */
export async function readmeExample(directory, names, title) {
  const readme = await readFile(join(directory, '../README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block);
  const block = title === undefined ? blocks[0] : blocks.find((each) => each.startsWith(`// ${title}\n`));
  if (block === undefined) throw new Error(`${directory}/../README.md has no \`\`\`ts block ${title ?? ''}`);
  const name = (title ?? 'first').replaceAll(/\W+/g, '-');
  const file = join(directory, `readme-example-${name}.${process.pid}.${Date.now()}.gen.ts`);
  await writeFile(file, `${block}\nexport { ${names.join(', ')} };\n`);
  try {
    return await import(/* @vite-ignore */ file);
  } finally {
    await rm(file, { force: true });
  }
}
