/**
 * Where a model or a single file is written: under a name of its own beside the place, which it takes when it
 * is whole. What was there before is replaced only when it was asked for, and a folder only when it holds
 * nothing but a model.
 */
import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LlmError } from '@llm/core';

/** Files of a model folder, and what people leave beside them. */
const modelFile =
  /^(.*\.safetensors(\.index\.json)?|.*\.(json|jinja|md|txt|model)|onnx|\.gitattributes|\.DS_Store)$/;

export interface OutputPlace {
  /** To be written, a file or a folder that does not exist yet. */
  readonly temporary: string;
  /** The temporary one takes the place. */
  keep(): void;
  /** Removes what was written, if it was not kept. */
  discard(): void;
}

interface OutputOptions {
  readonly kind: 'file' | 'folder';
  readonly force: boolean;
  /** What is written, for errors. Default "the model". */
  readonly what?: string | undefined;
}

/** Throws `pipeline/output-exists`, and `pipeline/output-not-a-model` for a folder with other things. */
export function openOutput(path: string, options: OutputOptions): OutputPlace {
  const { kind } = options;
  const place = resolve(path);
  check(path, place, options);
  mkdirSync(dirname(place), { recursive: true });
  const mark = `${process.pid}.${randomInt(2 ** 40)}`;
  const temporary = join(dirname(place), `.${basename(place)}.${mark}.tmp`);
  return {
    temporary,
    keep: () => {
      // A folder cannot be renamed over one that holds something.
      const former = `${temporary}.former`;
      const replaces = kind === 'folder' && existsSync(place);
      if (replaces) renameSync(place, former);
      renameSync(temporary, place);
      if (replaces) rmSync(former, { recursive: true });
    },
    discard: () => rmSync(temporary, { recursive: true, force: true }),
  };
}

function check(path: string, place: string, { kind, force, what = 'the model' }: OutputOptions): void {
  const entry = statSync(place, { throwIfNoEntry: false });
  if (entry === undefined) return;
  const isFolder = entry.isDirectory();
  const names = isFolder ? readdirSync(place) : [];
  if (isFolder && kind === 'folder' && names.length === 0) return;
  if (isFolder !== (kind === 'folder'))
    throw new LlmError({
      code: 'pipeline/output-exists',
      message: `${path} is a ${isFolder ? 'folder' : 'file'}, and ${what} is written as a ${kind}. Choose another name.`,
      details: { path },
    });
  const other = names.find((name) => !modelFile.test(name));
  if (isFolder && (other !== undefined || isRun(names)))
    throw new LlmError({
      code: 'pipeline/output-not-a-model',
      message: `${path} holds other things than a model${other === undefined ? '' : ` (${other})`}. Choose another folder; --force does not replace this one.`,
      details: { path },
    });
  if (!force)
    throw new LlmError({
      code: 'pipeline/output-exists',
      message: `${path} exists already. Choose another name, or --force to replace it.`,
      details: { path },
    });
}

const isRun = (names: readonly string[]): boolean => names.includes('events.jsonl');
