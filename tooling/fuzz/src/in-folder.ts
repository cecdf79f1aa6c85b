/** Folders with one damaged file, in memory and on disk. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ArtifactStore } from '@llm/core';
import { MemoryStore } from '@llm/core/stores';

export type Files = Readonly<Record<string, Uint8Array>>;

export async function filesIn(store: ArtifactStore): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const key of await store.list('')) files[key] = await store.read(key);
  return files;
}

export async function storeOf(files: Files): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const [key, bytes] of Object.entries(files)) await store.write(key, bytes);
  return store;
}

const scratch = mkdtempSync(join(tmpdir(), 'llm-fuzz-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** A folder of its own for a target's files. */
export function scratchFolder(name: string): string {
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

export function writeFiles(folder: string, files: Files): void {
  for (const [key, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    writeFileSync(join(folder, key), bytes);
  }
}
