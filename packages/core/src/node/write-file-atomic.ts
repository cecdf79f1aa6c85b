/**
 * Write to a temporary name in the same directory, flush, rename, flush the directory: after a crash, of the process or of
 * the machine, the file is the old one or the new one.
 */
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LlmError } from '../errors.js';

let counter = 0;

/** Throws `core/write-failed` with the system's code (ENOSPC, EACCES, …) when the bytes cannot be kept. */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}.${counter++}.tmp`;
  try {
    const { file, firstCreated } = await create(temporary);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    // A name lives in its directory: the file's, and that of each directory made for it.
    const top = firstCreated === undefined ? dirname(path) : dirname(firstCreated);
    for (let at = dirname(path); ; at = dirname(at)) {
      await syncDirectory(at);
      if (at === top || at === dirname(at)) break;
    }
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

/** Names that `writeFileAtomic` uses for a moment; a killed process may leave one. */
export function isTemporaryName(name: string): boolean {
  return /\.\d+\.\d+\.tmp$/.test(name);
}

/** A new file and the folders above it; tries again when somebody removes an empty folder in between. */
async function create(path: string): Promise<{ file: FileHandle; firstCreated: string | undefined }> {
  for (let attempt = 1; ; attempt++) {
    const firstCreated = await mkdir(dirname(path), { recursive: true });
    try {
      return { file: await open(path, 'w'), firstCreated };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 5) throw error;
    }
  }
}

/** Windows cannot open a directory for this and keeps names in its journal. */
export async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
