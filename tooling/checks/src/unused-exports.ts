/**
 * Lists every name, types included, that an entry point of a package exports and that nobody uses: no file of
 * another package, an app or tooling imports it from that entry (tests count), and no README has it as a
 * word. What nobody uses stays in the package, where it can be changed freely.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { roomsIn } from './sources.js';

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string | { readonly '@llm/source'?: string | undefined }>>;
}

/** The names that a file of a room takes from a module. */
interface Use {
  readonly room: string;
  readonly specifier: string;
  readonly names: ReadonlySet<string>;
}

const rooms = ['packages', 'apps', 'tooling'].flatMap(roomsIn);
const uses = rooms.flatMap((room) => filesOf(room).flatMap((file) => usesOf(room, file)));
const documented = new Set(
  ['.', ...rooms].flatMap((room) => {
    const readme = join(room, 'README.md');
    return existsSync(readme) ? wordsOf(readFileSync(readme, 'utf8')) : [];
  }),
);

let entries = 0;
let names = 0;
const unused: string[] = [];
for (const room of roomsIn('packages')) {
  const manifest = JSON.parse(readFileSync(join(room, 'package.json'), 'utf8')) as Manifest;
  for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
    const source = typeof target === 'string' ? undefined : target['@llm/source'];
    if (source === undefined) continue;
    const specifier = manifest.name + subpath.slice(1);
    const users = uses.filter((use) => use.room !== room && use.specifier === specifier);
    const exported = exportsOf(parse(join(room, source)));
    const idle = exported.filter(
      (name) => !documented.has(name) && !users.some((use) => use.names.has(name)),
    );
    entries++;
    names += exported.length;
    if (idle.length > 0) unused.push(`${specifier}: ${idle.sort().join(' ')}`);
  }
}
console.log(
  `unused exports: ${names} names of ${entries} entries, ${unused.length} entries with unused names`,
);
for (const line of unused) console.error(line);
if (unused.length > 0) process.exitCode = 1;

function filesOf(room: string): string[] {
  return readdirSync(room, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(m?[jt]sx?|html)$/.test(file) && !/(^|\/)(node_modules|dist)\//.test(file))
    .map((file) => join(room, file));
}

function usesOf(room: string, file: string): Use[] {
  const text = readFileSync(file, 'utf8');
  const specifiers = text.match(/(?<=['"])@llm\/[\w/-]+(?=['"])/g) ?? [];
  if (specifiers.length === 0) return [];
  const imports = /\.tsx?$/.test(file) ? importsIn(parse(file)) : [];
  return Array.from(new Set(specifiers), (specifier) => {
    const named = imports.filter((one) => one.specifier === specifier);
    // Named elsewhere too, in a dynamic import or a namespace: then every word of the file counts.
    const isWhole = specifiers.filter((one) => one === specifier).length > named.length;
    return { room, specifier, names: new Set(isWhole ? wordsOf(text) : named.flatMap(({ names }) => names)) };
  });
}

/** Imports and re-exports by name. */
function importsIn(source: ts.SourceFile): { specifier: string; names: string[] }[] {
  return source.statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    const clause = ts.isImportDeclaration(statement)
      ? statement.importClause?.namedBindings
      : statement.exportClause;
    if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier) || !clause || !('elements' in clause))
      return [];
    const names = [...clause.elements].map(({ name, propertyName }) => (propertyName ?? name).text);
    return [{ specifier: moduleSpecifier.text, names }];
  });
}

/** Names an entry exports: entries are lists of named re-exports, or declare what they export. */
function exportsOf(source: ts.SourceFile): string[] {
  return source.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) {
      const { exportClause } = statement;
      if (exportClause && ts.isNamedExports(exportClause))
        return exportClause.elements.map(({ name }) => name.text);
      throw new Error(`${source.fileName}: "export *" hides what the entry exports; name it.`);
    }
    if (!ts.canHaveModifiers(statement)) return [];
    if (!ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.map(({ name }) => name.getText(source));
    return 'name' in statement && statement.name ? [(statement.name as ts.Identifier).text] : [];
  });
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
}

function wordsOf(text: string): string[] {
  return text.match(/[A-Za-z_$][\w$]*/g) ?? [];
}
