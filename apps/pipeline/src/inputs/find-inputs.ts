/**
 * What the user named → files: each a file, a folder, or a pattern that the shell left as it was (quoted, or
 * on Windows). Folders give the files whose names fit what they were given as, in the order of their paths;
 * what is passed over there is counted.
 */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LlmError } from '@llm/core';
import { globSync, isDynamicPattern } from 'tinyglobby';
import { describeSystemError } from '../system-error.js';
import { describeInput, type InputFile, unreadable } from './input-file.js';

export interface FoundInputs {
  readonly files: readonly InputFile[];
  /** Files in folders that were not taken, by reason. */
  readonly passedOver: Readonly<Record<string, number>>;
  /** Sentences about single files that were not taken, or were although they look wrong. */
  readonly notes: readonly string[];
}

/** What a file in a folder must be called to be taken for this. */
export const fittingNames: Readonly<Record<InputFile['kind'], RegExp>> = {
  warc: /\.(warc|arc|wet|wat)(\.gz|\.zst)?$/i,
  text: /\.(txt|text|md|markdown)(\.gz|\.zst)?$/i,
  jsonl: /\.(jsonl|ndjson|json)(\.gz|\.zst)?$/i,
  csv: /\.(csv|tsv)(\.gz|\.zst)?$/i,
  parquet: /\.parquet$/i,
  conversations: /\.(jsonl|ndjson|json)(\.gz)?$/i,
  decontaminate: /\.(jsonl|ndjson|json)(\.gz|\.zst)?$/i,
};

export const otherName = 'another kind of name';

/** Throws `pipeline/input-missing`, `pipeline/input-format` and `pipeline/input-url`. */
export function findInputs(
  kind: InputFile['kind'],
  given: readonly string[],
  field?: string | undefined,
): FoundInputs {
  const files = new Map<string, InputFile>();
  const passedOver: Record<string, number> = {};
  const notes: string[] = [];
  const passOver = (reason: string): void => {
    passedOver[reason] = (passedOver[reason] ?? 0) + 1;
  };
  const problems: { readonly path: string; readonly error: LlmError }[] = [];
  const take = (file: InputFile): void => void files.set(file.path, files.get(file.path) ?? file);

  for (const { path, inFolder } of given.flatMap((name) => expand(kind, name, passOver))) {
    try {
      take(describeInput(kind, path, { field }));
    } catch (error) {
      if (!LlmError.isInstance(error)) throw error;
      const isForm = error.code === 'pipeline/input-format';
      if (isForm && inFolder) {
        passOver('another form than its name says');
        notes.push(`passed over: ${error.message}`);
      } else if (isForm && kind === 'warc') problems.push({ path, error });
      else throw error;
    }
  }
  // A file that is no archive, among some that are, is counted by the data stage like other damage in crawls.
  for (const { path, error } of problems) {
    if (files.size === 0) throw error;
    take(describeInput(kind, path, { anyContent: true }));
    notes.push(`warning: ${error.message} It is counted as damaged.`);
  }
  if (files.size === 0)
    throw unreadable(kind, given.join(' '), `nothing in it can be read (${notes[0] ?? ''})`);
  return { files: [...files.values()], passedOver, notes };
}

interface FoundPath {
  readonly path: string;
  /** Found in a folder, not named. */
  readonly inFolder: boolean;
}

function expand(kind: InputFile['kind'], given: string, passOver: (reason: string) => void): FoundPath[] {
  const entry = entryOf(given);
  if (entry?.isDirectory()) return filesIn(kind, given, passOver);
  const pattern = process.platform === 'win32' ? given.replaceAll('\\', '/') : given;
  // A name that is there is that file, brackets and all.
  if (entry !== undefined || given.includes('://') || !isDynamicPattern(pattern))
    return [{ path: given, inFolder: false }];
  const found = globSync(pattern, { onlyFiles: false, expandDirectories: false }).sort();
  if (found.length === 0) throw unreadable(kind, given, 'no file matches the pattern.');
  const isDeep = pattern.includes('**');
  const paths = found.flatMap((name): FoundPath[] => {
    if (!name.endsWith('/')) return [{ path: name, inFolder: false }];
    return isDeep ? [] : filesIn(kind, name.slice(0, -1), passOver);
  });
  if (paths.length === 0) throw unreadable(kind, given, 'the pattern matches only folders without files.');
  return paths;
}

function filesIn(kind: InputFile['kind'], folder: string, passOver: (reason: string) => void): FoundPath[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (cause) {
    throw unreadable(kind, folder, describeSystemError(cause) ?? String(cause), cause);
  }
  const paths = entries
    .filter((entry) => !entry.isDirectory() && !isHidden(resolve(folder), entry))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => entryOf(path)?.isFile())
    .sort();
  const fitting = paths.filter((path) => fittingNames[kind].test(path));
  if (fitting.length === 0) {
    const there =
      paths.length === 0 ? 'it is empty' : `it holds ${paths.length} other files, the first ${paths[0]}`;
    throw unreadable(
      kind,
      folder,
      `no file in this folder is called ${examples[kind]} (${there}). Name the files to take them whatever they are called.`,
    );
  }
  for (let other = fitting.length; other < paths.length; other++) passOver(otherName);
  return fitting.map((path) => ({ path, inFolder: true }));
}

const examples: Readonly<Record<InputFile['kind'], string>> = {
  warc: '*.warc, *.arc or *.wet (also .gz)',
  text: '*.txt or *.md (also .gz)',
  jsonl: '*.jsonl, *.ndjson or *.json (also .gz, .zst)',
  csv: '*.csv or *.tsv (also .gz, .zst)',
  parquet: '*.parquet',
  conversations: '*.jsonl, *.ndjson or *.json (also .gz)',
  decontaminate: '*.jsonl, *.ndjson or *.json (also .gz, .zst)',
};

/** In a hidden folder, or hidden itself. */
function isHidden(folder: string, entry: Dirent): boolean {
  return join(resolve(entry.parentPath).slice(folder.length), entry.name)
    .split(/[\\/]/)
    .some((part) => part.startsWith('.'));
}

function entryOf(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}
