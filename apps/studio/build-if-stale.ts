/** Builds the page unless nothing that goes into it is newer than what was built. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const here = import.meta.dirname;
const built = join(here, 'dist/index.html');
const packages = join(here, '../../packages');
const sources = [
  ...['src', 'public', 'index.html', 'vite.config.ts', 'package.json'].map((name) => join(here, name)),
  ...readdirSync(packages).map((name) => join(packages, name, 'src')),
];

if (!existsSync(built) || newest(sources) > statSync(built).mtimeMs) {
  process.stderr.write('building the page …\n');
  await build({ root: here, configFile: join(here, 'vite.config.ts'), logLevel: 'warn' });
}

function newest(paths: readonly string[]): number {
  const times = paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) return [statSync(path).mtimeMs];
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
      .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs);
  });
  return Math.max(...times);
}
