/**
 * What a visitor downloads before the first room is there: the page's own scripts stay below 150 KB of
 * gzip, and each room's below 100. Raise a ceiling only with a reason that stands here.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const isBuilt = existsSync(`${dist}index.html`);
if (!isBuilt)
  process.stderr.write('SKIPPED: sizes of the page: it is not built (npm run build -w apps/studio)\n');

const size = (path: string): number => gzipSync(readFileSync(`${dist}${path}`)).length;

test.skipIf(!isBuilt)('initial scripts, and those of each room', () => {
  const page = readFileSync(`${dist}index.html`, 'utf8');
  const initial = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path!);
  expect(initial.length).toBeGreaterThan(0);
  expect(initial.reduce((sum, path) => sum + size(path), 0)).toBeLessThan(150_000);
  for (const name of readdirSync(`${dist}assets`)) {
    if (name.endsWith('.js')) expect([name, size(`assets/${name}`) < 100_000]).toEqual([name, true]);
  }
});
