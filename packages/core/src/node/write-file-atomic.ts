/**
 * Write to a temporary name in the same directory, flush, rename, flush the directory: after a crash, of the
 * process or of the machine, the file is the old one or the new one.
 */
import { randomInt } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { LlmError } from '../errors.js';

/** Throws `core/write-failed` with the system's code (ENOSPC, EACCES, …) when the bytes cannot be kept. */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    // Drawn, not counted: two containers on one directory may have the same process id.
    const temporary = `${path}.${process.pid}.${randomInt(2 ** 47)}.tmp`;
    try {
      if (await writeOnce(path, temporary, bytes)) return;
      // Somebody who clears up after a dead process took it away; once more.
      if (attempt < 5) continue;
      throw Object.assign(new Error(`${temporary} is taken away again and again`), { code: 'ENOENT' });
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
}

/** Names that `writeFileAtomic` uses for a moment; a killed process may leave one. */
export function isTemporaryName(name: string): boolean {
  return /\.\d+\.\d+\.tmp$/.test(name);
}

/**
 * Deletes what killed writers left in a directory, and with `recursive` in those below it. A writer at work
 * there loses nothing: it writes again.
 */
export async function removeTemporaryFiles(
  directory: string,
  { recursive = false }: { readonly recursive?: boolean | undefined } = {},
): Promise<void> {
  const entries = await readdir(directory, { recursive, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
      throw error;
    },
  );
  for (const entry of entries) {
    if (!entry.isFile() || !isTemporaryName(entry.name)) continue;
    await rm(join(entry.parentPath, entry.name), { force: true }).catch((error: NodeJS.ErrnoException) => {
      // Windows keeps what somebody has open.
      if (error.code !== 'EPERM' && error.code !== 'EBUSY') throw error;
    });
  }
}

/** False when the temporary file was gone before it could be renamed. */
async function writeOnce(path: string, temporary: string, bytes: Uint8Array | string): Promise<boolean> {
  const { file, firstCreated } = await create(temporary);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await rename(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  // A name lives in its directory: the file's, and that of each directory made for it.
  const top = firstCreated === undefined ? dirname(path) : dirname(firstCreated);
  for (let at = dirname(path); ; at = dirname(at)) {
    await syncDirectory(at);
    if (at === top || at === dirname(at)) break;
  }
  return true;
}

/** A new file and the folders above it; tries again when somebody removes an empty folder in between. */
async function create(path: string): Promise<{ file: FileHandle; firstCreated: string | undefined }> {
  for (let attempt = 1; ; attempt++) {
    const firstCreated = await mkdir(dirname(path), { recursive: true });
    try {
      return { file: await open(path, 'wx'), firstCreated };
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
