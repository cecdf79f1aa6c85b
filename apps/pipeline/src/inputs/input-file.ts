/** One file of the user's: what it is known by, and whether it can be what it was given as. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type JsonValue, LlmError } from '@llm/core';
import { describeSystemError, errorWithCode } from '../system-error.js';
import { contentProblem, type InputKind, startBytes } from './content-problem.js';
import { isRemote } from './is-remote.js';

export interface InputFile {
  readonly kind: InputKind;
  /** Absolute, or a URL of storage elsewhere. */
  readonly path: string;
  readonly bytes: number;
  /** Modification time, milliseconds since the epoch; 0 elsewhere. */
  readonly modified: number;
  /**
   * Of the content: how a changed file is noticed, and one that was only copied or touched is not taken for
   * changed.
   */
  readonly digest: string;
  /** Of `jsonl`, `csv` and `parquet`: the field that holds the text, where it is not `text`. */
  readonly field?: string | undefined;
}

/** Kinds whose rows have fields, one of which holds the text. */
export const hasField = (kind: InputKind): boolean => ['jsonl', 'csv', 'parquet'].includes(kind);

/** What a stage's work depends on: everything but the time. */
export function inputSettings(files: readonly InputFile[]): JsonValue[] {
  return files.map(({ kind, path, bytes, digest, field }) => {
    const settings = { kind, path, bytes, digest };
    return field === undefined ? settings : { ...settings, field };
  });
}

export interface DescribeOptions {
  readonly field?: string | undefined;
  /** Take it whatever its content looks like. Default false. */
  readonly anyContent?: boolean | undefined;
}

/**
 * Throws `pipeline/input-missing` when it cannot be read, `pipeline/input-format` when it is of another form.
 */
export function describeInput(
  kind: InputKind,
  given: string,
  { field, anyContent = false }: DescribeOptions = {},
): InputFile {
  const path = localPath(kind, given);
  let file: number | undefined;
  try {
    const found = statSync(path);
    if (!found.isFile()) throw new Error(whatItIs(found));
    file = openSync(path, 'r');
    const entry = fstatSync(file);
    const start = readAt(file, 0, startBytes);
    const problem = anyContent ? undefined : contentProblem({ kind, field, start, bytes: entry.size });
    if (problem !== undefined) {
      throw new LlmError({
        code: 'pipeline/input-format',
        message: `Cannot use --${kind} ${given}: ${problem}`,
        details: { path, kind },
      });
    }
    return {
      kind,
      path: resolve(path),
      bytes: entry.size,
      modified: Math.floor(entry.mtimeMs),
      digest: digestOf(file, entry),
      ...(field === undefined || !hasField(kind) ? {} : { field }),
    };
  } catch (cause) {
    if (LlmError.isInstance(cause)) throw cause;
    throw unreadable(kind, given, describeSystemError(cause) ?? (cause as Error).message, cause);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

export function unreadable(kind: InputKind, given: string, why: string, cause?: unknown): LlmError {
  const system = errorWithCode(cause)?.code;
  return new LlmError({
    code: 'pipeline/input-missing',
    message: `Cannot read --${kind} ${given}: ${why}`,
    details: { path: given, kind, system: system ?? null },
    cause,
  });
}

/**
 * A file that was described before as it is now, or as it was when it is no longer there: perhaps nobody
 * needs it any more.
 */
export function describeAgain(known: InputFile): InputFile {
  // What lies elsewhere is looked at by the data stage alone.
  if (isRemote(known.path)) return known;
  const now = describeUnlessGone(known);
  // Other content may be of another form.
  return now.digest === known.digest ? now : describeInput(known.kind, known.path, { field: known.field });
}

function describeUnlessGone(known: InputFile): InputFile {
  try {
    return describeInput(known.kind, known.path, { field: known.field, anyContent: true });
  } catch (error) {
    const isGone = LlmError.isInstance(error) && ['ENOENT', 'ENOTDIR'].includes(String(error.details.system));
    if (isGone) return known;
    throw error;
  }
}

/** Throws `pipeline/input-changed` when a file is not what it was when the run was started. */
export function checkUnchanged(files: readonly InputFile[]): void {
  for (const file of files) {
    if (isRemote(file.path)) continue;
    const entry = statSync(file.path, { throwIfNoEntry: false });
    // One that is gone is named by whoever opens it.
    if (entry === undefined) continue;
    if (entry.size === file.bytes && Math.floor(entry.mtimeMs) === file.modified) continue;
    const now = describeUnlessGone(file);
    if (now.digest === file.digest && now.bytes === file.bytes) continue;
    throw new LlmError({
      code: 'pipeline/input-changed',
      message: `${file.path} changed while the run was at work (${file.bytes} bytes then, ${entry.size} now). Start a new run, or put the file back and go on.`,
      details: { path: file.path },
    });
  }
}

/** A path of this machine; `file:` URLs are, others are not read. */
function localPath(kind: InputKind, given: string): string {
  if (given === '-')
    throw unreadable(kind, given, 'standard input is not read; write it to a file first and name that.');
  // A drive letter of Windows is one letter.
  const scheme = /^([a-z][a-z\d+.-]+):\/\//i.exec(given)?.[1]?.toLowerCase();
  if (scheme === undefined) return given;
  if (scheme === 'file') return fileURLToPath(given);
  throw new LlmError({
    code: 'pipeline/input-url',
    message: `Cannot read --${kind} ${given}: it is a URL, and ${scheme}: is not read here. Download it${scheme.startsWith('http') ? " (curl -LO 'URL')" : ''} and name the file.`,
    details: { path: given, kind, scheme },
  });
}

function whatItIs(entry: Stats): string {
  if (entry.isDirectory()) return 'it is a directory, a file is needed.';
  if (entry.isFIFO() || entry.isSocket())
    return 'it is a pipe, which can be read only once, and a run may need it again. Write it to a file first.';
  return 'it is a device, not a file.';
}

/** Read whole for the digest; of larger files pieces are read, and their time counts. */
const wholeBytes = 16 * 1024 * 1024;
const pieceBytes = 256 * 1024;
const pieces = 16;

function digestOf(file: number, { size, mtimeMs }: Stats): string {
  const hash = createHash('sha256').update(`${size}\n`);
  if (size <= wholeBytes) {
    for (let at = 0; at < size; at += pieceBytes) hash.update(readAt(file, at, pieceBytes));
  } else {
    hash.update(`${Math.floor(mtimeMs)}\n`);
    for (let piece = 0; piece < pieces; piece++)
      hash.update(readAt(file, Math.floor(((size - pieceBytes) * piece) / (pieces - 1)), pieceBytes));
  }
  return hash.digest('hex').slice(0, 32);
}

function readAt(file: number, position: number, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(file, buffer, 0, length, position));
}
