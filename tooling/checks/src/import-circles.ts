/**
 * Import circles inside a room: the strongly connected components of its files (Tarjan, 1972). Imports of
 * types count: two files that describe each other can only be read, moved and understood together.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { importsOf } from './sources.js';

/** One line per circle. `files` are the paths of a room's sources. */
export function importCircles(files: readonly string[]): string[] {
  return components(new Map(files.map((file) => [file, relativeImports(file)]))).map(
    (circle) => `import circle of ${circle.length} files: ${circle.join(' ')}`,
  );
}

function relativeImports(file: string): string[] {
  return importsOf(file).flatMap((specifier) => {
    if (!specifier.startsWith('.')) return [];
    const path = join(file, '..', specifier);
    const target = [path, path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')].find(existsSync);
    return target === undefined ? [] : [target];
  });
}

/** Strongly connected components of more than one file, each in alphabetical order. */
function components(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): number => {
    const position = order.size;
    order.set(file, position);
    lowest.set(file, position);
    open.push(file);
    for (const target of imports.get(file) ?? []) {
      const reach = !order.has(target)
        ? visit(target)
        : open.includes(target)
          ? order.get(target)!
          : position;
      lowest.set(file, Math.min(lowest.get(file)!, reach));
    }
    if (lowest.get(file) === position) {
      const circle = open.splice(open.indexOf(file));
      if (circle.length > 1) found.push(circle.sort());
    }
    return lowest.get(file)!;
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return found;
}
