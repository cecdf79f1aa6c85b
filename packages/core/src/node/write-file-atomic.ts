/**
 * Write to a temporary name in the same directory, flush, rename, flush the directory: after a crash, of the
 * process or of the machine, the file is the old one or the new one.
 */
import { randomInt } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFailed } from './write-failed.js';

/** How often a write begins anew when others clear its folder away meanwhile. */
const attempts = 20;

/** Throws `core/write-failed` with the system's code (ENOSPC, EACCES, …) when the bytes cannot be kept. */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    // Drawn, not counted: two containers on one directory may have the same process id.
    const temporary = `${path}.${process.pid}.${randomInt(2 ** 47)}.tmp`;
    try {
      return await writeOnce(path, temporary, bytes);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => undefined);
      const system = (cause as NodeJS.ErrnoException).code ?? 'unknown';
      // Somebody removed an empty folder, or what a dead process left: once more.
      if (system === 'ENOENT' && attempt < attempts) continue;
      throw writeFailed(path, cause, 'then run again; what was written before is intact.');
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

async function writeOnce(path: string, temporary: string, bytes: Uint8Array | string): Promise<void> {
  const firstCreated = await mkdir(dirname(path), { recursive: true });
  const file = await open(temporary, 'wx');
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
    // Where the file was deleted again, with its folder, there is nothing left to keep.
    await syncDirectory(at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    if (at === top || at === dirname(at)) break;
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
