/** Compiles files as the strictest of users does, and tells what TypeScript finds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './pack-packages.js';

export interface TypeSettings {
  readonly moduleResolution: 'nodenext' | 'bundler';
  readonly skipLibCheck: boolean;
  /** Default: ES2022 and the DOM. */
  readonly lib?: readonly string[] | undefined;
}

// The library's own declarations are the same for every program: parsed once.
const parsed = new Map<string, ts.SourceFile>();

export function typeProblems(files: readonly string[], settings: TypeSettings): string[] {
  const {
    moduleResolution,
    skipLibCheck,
    lib = ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.asynciterable.d.ts'],
  } = settings;
  const nodeNext = moduleResolution === 'nodenext';
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    noPropertyAccessFromIndexSignature: false,
    verbatimModuleSyntax: true,
    noEmit: true,
    skipLibCheck,
    target: ts.ScriptTarget.ES2022,
    lib: [...lib],
    module: nodeNext ? ts.ModuleKind.NodeNext : ts.ModuleKind.ESNext,
    moduleResolution: nodeNext ? ts.ModuleResolutionKind.NodeNext : ts.ModuleResolutionKind.Bundler,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, languageVersion, ...rest) => {
    if (!/\/node_modules\/(typescript\/lib|@types\/node)\//.test(file))
      return read(file, languageVersion, ...rest);
    const key = `${moduleResolution} ${file}`;
    const known = parsed.get(key) ?? ts.createSourceFile(file, readFileSync(file, 'utf8'), languageVersion);
    parsed.set(key, known);
    return known;
  };
  const program = ts.createProgram([...files], options, host);
  return ts.getPreEmitDiagnostics(program).map((diagnostic) => {
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n');
    const { file, start } = diagnostic;
    if (file === undefined || start === undefined) return `${moduleResolution}: ${text}`;
    const { line } = file.getLineAndCharacterOfPosition(start);
    return `${moduleResolution}: ${file.fileName}:${line + 1}: ${text}`;
  });
}
