/** Write to a temporary name in the same directory, flush, rename: the file is the old one or the new one. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LlmError } from '../errors.js';

let counter = 0;

/** Throws `core/write-failed` with the system's code (ENOSPC, EACCES, …) when the bytes cannot be kept. */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.${counter++}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    const system = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const advice =
      system === 'ENOSPC'
        ? 'The disk is full: free some space'
        : 'Check that the directory exists and is writable';
    throw new LlmError({
      code: 'core/write-failed',
      message: `Cannot write ${path} (${system}). ${advice}, then run again; what was written before is intact.`,
      details: { path, system },
      cause,
    });
  }
}
