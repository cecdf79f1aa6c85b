/**
 * Checks the allowed imports between rooms: stages never import each other, packages never import apps,
 * browser-safe files import nothing from Node, no room (tooling included) has an import circle, and what is
 * imported is declared as a dependency. Imports are read from the TypeScript parser's own scan of each file.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative, sep } from 'node:path';
import { importCircles } from './import-circles.js';
import { importsOf, roomsIn, sources } from './sources.js';

const allowed: Record<string, readonly string[]> = {
  core: [],
  data: ['core'],
  tokenizer: ['core'],
  graph: ['core'],
  miniweb: ['core'],
  model: ['core', 'graph'],
  sft: ['core', 'graph'],
  rl: ['core', 'graph'],
  assistant: ['core', 'graph', 'tokenizer', 'model'],
};

interface Manifest {
  name: string;
  /** What is published; `!folder` is not: build-time code, held to the rules of tests. */
  files?: readonly string[] | undefined;
  dependencies?: Record<string, string> | undefined;
  devDependencies?: Record<string, string> | undefined;
  peerDependencies?: Record<string, string> | undefined;
  /** Private `#name` imports of the package itself. */
  imports?: Record<string, unknown> | undefined;
}

const problems: string[] = [];
let files = 0;
const packages = readdirSync('packages');
for (const name of packages) {
  if (!(name in allowed))
    problems.push(`packages/${name}: not a known room; add its arrows to import-arrows.ts`);
}
const shipped = [...roomsIn('packages'), ...roomsIn('apps')];
for (const directory of shipped) checkRoom(directory);
const circles = [...shipped, ...roomsIn('tooling')].flatMap((directory) => importCircles(sources(directory)));
problems.push(...circles);
console.log(`import arrows: ${files} files, ${circles.length} import circles, ${problems.length} problems`);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;

function checkRoom(directory: string): void {
  const [kind, name = ''] = directory.split('/');
  const manifest = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest;
  const runtime = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
  const development = new Set([
    ...runtime,
    ...Object.keys(manifest.devDependencies ?? {}),
    'vitest',
    'typescript',
  ]);
  for (const file of sources(join(directory, 'src'))) {
    files++;
    const unpublished = (manifest.files ?? []).some(
      (pattern) => pattern.startsWith('!') && file.startsWith(join(directory, pattern.slice(1)) + sep),
    );
    const isTest = file.endsWith('.test.ts') || /\/(testing|fixtures)\//.test(file) || unpublished;
    const needsNode = isTest || kind === 'apps' || /\/src\/(.*\/)?node\//.test(file);
    for (const specifier of importsOf(file)) {
      const where = `${relative('.', file)}: imports "${specifier}"`;
      if (specifier.startsWith('.')) {
        const target = relative('.', join(file, '..', specifier));
        if (!target.startsWith(directory)) problems.push(`${where}, which leaves its room`);
        if (!needsNode && /\/node\//.test(target))
          problems.push(`${where}: a browser-safe file imports from node/`);
        continue;
      }
      if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
        if (!needsNode) problems.push(`${where} outside src/node/: the root must be safe in a browser`);
        continue;
      }
      if (specifier.startsWith('#')) {
        const declared = Object.keys(manifest.imports ?? {}).some((name) =>
          name.endsWith('*') ? specifier.startsWith(name.slice(0, -1)) : specifier === name,
        );
        if (!declared) problems.push(`${where}, which is not among the imports of package.json`);
        continue;
      }
      const bare = specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
      if (bare.startsWith('@llm/') && kind === 'packages' && !isTest) {
        const room = bare.slice('@llm/'.length);
        if (!(allowed[name] ?? []).includes(room))
          problems.push(`${where}: ${name} may only import ${(allowed[name] ?? []).join(', ') || 'nothing'}`);
      }
      if (bare.startsWith('@llm/') && kind === 'packages' && isTest) {
        const room = bare.slice('@llm/'.length);
        if (![...(allowed[name] ?? []), 'build', name].includes(room))
          problems.push(`${where}: tests of ${name} use fakes, not other stages`);
      }
      if (bare !== manifest.name && !(isTest ? development : runtime).has(bare))
        problems.push(`${where}, which package.json does not declare`);
    }
  }
}
