/** The TypeScript files of a folder, and what each imports. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** The rooms of a folder of rooms: `packages/core`, `packages/data`, … */
export function roomsIn(directory: string): string[] {
  return readdirSync(directory).map((name) => `${directory}/${name}`);
}

export function sources(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('node_modules') && !file.startsWith('dist/'))
    .map((file) => join(directory, file));
}

/** Specifiers of every import and re-export, of types too, as the TypeScript parser's own scan finds them. */
export function importsOf(file: string): string[] {
  return ts
    .preProcessFile(readFileSync(file, 'utf8'), true, true)
    .importedFiles.map((entry) => entry.fileName);
}
