/** A model file on this machine, whose weights need not be held: they are read again when they are needed. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LlmError } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { artifactSource, type ByteSource } from '../gguf/reading/byte-source.js';

/**
 * For `importGguf`. The file must stay as it is: reading it throws `model/file-changed` once its size or time
 * of change is another. Throws `core/artifact-missing`.
 */
export async function fileSource(path: string): Promise<ByteSource> {
  const directory = dirname(path);
  const source = await artifactSource(new DirectoryStore(directory), basename(path));
  const { size, mtimeMs } = await stat(path);
  // Most matrices are smaller: they leave nothing to collect.
  const scratch = new Uint8Array(2 ** 21);
  return {
    ...source,
    beside: (name) => fileSource(join(directory, name)),
    readNow(start, end) {
      const file = openSync(path, 'r');
      try {
        const found = fstatSync(file);
        if (found.size !== size || found.mtimeMs !== mtimeMs)
          throw new LlmError({
            code: 'model/file-changed',
            message: `${path} has changed since the model was read from it. Load the model again.`,
            details: { path },
          });
        const length = Math.max(0, Math.min(end, size) - start);
        const bytes = length > scratch.length ? new Uint8Array(length) : scratch.subarray(0, length);
        let filled = 0;
        while (filled < bytes.length) {
          const count = readSync(file, bytes, filled, bytes.length - filled, start + filled);
          if (count === 0) break;
          filled += count;
        }
        return bytes.subarray(0, filled);
      } finally {
        closeSync(file);
      }
    },
  };
}
