/** The file-system `ArtifactStore`: a key is a path below one directory. Temporary files are never listed. */
import { open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkArtifactKey } from '../artifact-key.js';
import type { ArtifactStore } from '../artifact-store.js';
import { LlmError } from '../errors.js';
import { writeFileAtomic } from './write-file-atomic.js';

export class DirectoryStore implements ArtifactStore {
  readonly specificationVersion = 'v1';

  constructor(readonly directory: string) {}

  path(key: string): string {
    return join(this.directory, ...checkArtifactKey(key).split('/'));
  }

  read(key: string): Promise<Uint8Array> {
    return this.#found(key, (path) => readFile(path));
  }

  async size(key: string): Promise<number> {
    return (await this.#found(key, (path) => stat(path))).size;
  }

  readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    return this.#found(key, async (path) => {
      const file = await open(path);
      try {
        const available = Math.max(0, Math.min(end, (await file.stat()).size) - start);
        const bytes = new Uint8Array(available);
        let filled = 0;
        // One read returns at most 2 GiB, and fewer bytes when the file shrinks meanwhile.
        while (filled < available) {
          const { bytesRead } = await file.read(bytes, filled, available - filled, start + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      } finally {
        await file.close();
      }
    });
  }

  async #found<T>(key: string, use: (path: string) => Promise<T>): Promise<T> {
    try {
      return await use(this.path(key));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
      throw new LlmError({
        code: 'core/artifact-missing',
        message: `There is no artifact "${key}" in ${this.directory}. Run the stage that writes it first.`,
        details: { key, directory: this.directory },
        cause,
      });
    }
  }

  write(key: string, bytes: Uint8Array): Promise<void> {
    return writeFileAtomic(this.path(key), bytes);
  }

  async has(key: string): Promise<boolean> {
    return stat(this.path(key)).then(
      (entry) => entry.isFile(),
      () => false,
    );
  }

  async list(prefix: string): Promise<string[]> {
    const entries = await readdir(this.directory, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(this.directory.length + 1)
          .split('\\')
          .join('/'),
      )
      .filter((key) => key.startsWith(prefix))
      .sort();
  }

  async delete(key: string): Promise<void> {
    await rm(this.path(key), { force: true });
  }
}
