/**
 * A model and the contents beside it as files for as long as its session is made: the runtime maps them, so that
 * weights which it lays out anew are not held a second time, and contents are made one after the other.
 */
import { closeSync, mkdtempSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { LlmError } from '@llm/core';
import { type ExternalContent, partsOfContent } from '../execution/executor.js';
import type { ModelFiles } from '../onnx-runtime/runtime-executor.js';

const bytesBetweenTasks = 2 ** 23;

function writeParts(path: string, parts: readonly Uint8Array[]): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    for (const part of parts)
      for (let at = 0; at < part.length; ) at += writeSync(file, part, at, part.length - at);
  } finally {
    closeSync(file);
  }
}

/**
 * In a folder of its own in the system's folder for temporary files, readable by its user alone; undefined where
 * all contents are held in memory anyway. Throws `graph/model-files-failed`.
 */
export async function writeModelFiles(
  model: Uint8Array,
  contents: ReadonlyMap<string, ExternalContent>,
): Promise<ModelFiles | undefined> {
  if (![...contents.values()].some((content) => !(content instanceof Uint8Array))) return undefined;
  let directory: string | undefined;
  const remove = async (): Promise<void> => {
    // Windows keeps files that are mapped: they go when the session does.
    if (directory !== undefined) await rm(directory, { recursive: true, force: true }).catch(() => undefined);
  };
  try {
    directory = mkdtempSync(join(tmpdir(), 'llm-model-'));
    let written = 0;
    for (const [name, content] of contents) {
      writeParts(join(directory, basename(name)), partsOfContent(content));
      // What was made is freed between tasks only.
      written += content.length;
      if (written < bytesBetweenTasks) continue;
      written = 0;
      await new Promise(setImmediate);
    }
    const path = join(directory, 'model.onnx');
    writeFileSync(path, model);
    return { path, remove };
  } catch (cause) {
    await remove();
    if (LlmError.isInstance(cause)) throw cause;
    const bytes = [...contents.values()].reduce((sum, { length }) => sum + length, model.length);
    throw new LlmError({
      code: 'graph/model-files-failed',
      message: `The weights could not be put into ${tmpdir()} for the runtime, ${Math.ceil(bytes / 1e6)} MB while a session is made: ${cause instanceof Error ? cause.message : String(cause)}. Make room there, or name another folder in TMPDIR.`,
      details: { directory: tmpdir(), bytes },
      cause,
    });
  }
}
