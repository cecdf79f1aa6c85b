/** Files that were dropped on the page, by a name that rooms pass on to each other; gone with the page. */
import type { ModelSource } from './model-calls.js';

export const givenPrefix = 'file:';

type Files = readonly (readonly [path: string, file: File])[];

const given = new Map<string, Files>();

/** Takes a `.gguf` file or a folder's files, and gives the name that addresses have for it. */
export function giveFiles(files: Files): string {
  const name = `${givenPrefix}${files[0]![0].split('/')[0]!.replaceAll(',', ' ')}`;
  given.set(name, files);
  return name;
}

export function givenSource(name: string): ModelSource | undefined {
  const files = given.get(name);
  return files && { kind: 'files', files };
}

/** With their paths in the folder that was chosen. */
export const filesIn = (list: Iterable<File> | null | undefined): Files =>
  [...(list ?? [])].map((file) => [file.webkitRelativePath || file.name, file] as const);
