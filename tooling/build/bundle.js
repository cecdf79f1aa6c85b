// What a page downloads of a package: names of its entry, bundled from sources with our other packages, minified.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'tsup';

export async function bundle({ directory, entry, names, external }) {
  const folder = mkdtempSync(join(directory, '.bundle-'));
  try {
    const file = join(folder, 'entry.ts');
    writeFileSync(file, `export ${names === '*' ? '*' : `{ ${names} }`} from '${entry}';\n`);
    await build({
      config: false,
      entry: [file],
      outDir: folder,
      format: 'esm',
      target: 'es2022',
      platform: 'neutral',
      minify: true,
      clean: false,
      silent: true,
      noExternal: [/^@llm\//],
      external,
      esbuildOptions: (options) => {
        options.conditions = ['@llm/source'];
      },
    });
    return readFileSync(join(folder, 'entry.js'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
