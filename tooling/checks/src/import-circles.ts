/**
 * Import circles inside a room: the strongly connected components of its files (Tarjan, 1972). A circle of imports
 * that run is a problem, since the order of loading decides what works. One that exists for types only is a problem
 * when more than two files are in it: two may describe each other, twenty cannot be read one by one.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** One line per circle. `files` are the paths of a room's sources. */
export function importCircles(files: readonly string[]): string[] {
  const atRunTime = new Map<string, string[]>();
  const withTypes = new Map<string, string[]>();
  for (const file of files) {
    const imports = relativeImports(file);
    atRunTime.set(
      file,
      imports.filter(({ typeOnly }) => !typeOnly).map(({ target }) => target),
    );
    withTypes.set(
      file,
      imports.map(({ target }) => target),
    );
  }
  const running = components(atRunTime);
  const known = new Set(running.flat());
  const typed = components(withTypes).filter(
    (circle) => circle.length > 2 && !circle.every((file) => known.has(file)),
  );
  return [
    ...running.map((circle) => `import circle of ${circle.length} files: ${circle.join(' ')}`),
    ...typed.map((circle) => `import circle through types of ${circle.length} files: ${circle.join(' ')}`),
  ];
}

function relativeImports(file: string): { readonly target: string; readonly typeOnly: boolean }[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
    if (!moduleSpecifier.text.startsWith('.')) return [];
    const path = join(file, '..', moduleSpecifier.text);
    const target = [path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')].find(existsSync);
    return target === undefined ? [] : [{ target, typeOnly: isTypeOnly(statement) }];
  });
}

function isTypeOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) {
    const { exportClause } = statement;
    return (
      statement.isTypeOnly || (!!exportClause && ts.isNamedExports(exportClause) && allTypes(exportClause))
    );
  }
  const { importClause } = statement;
  if (importClause === undefined) return false;
  if (importClause.isTypeOnly) return true;
  const { name, namedBindings } = importClause;
  return name === undefined && !!namedBindings && ts.isNamedImports(namedBindings) && allTypes(namedBindings);
}

function allTypes({ elements }: ts.NamedImports | ts.NamedExports): boolean {
  return elements.length > 0 && elements.every(({ isTypeOnly }) => isTypeOnly);
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
