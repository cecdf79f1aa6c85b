/** The file-system `ArtifactStore`: a key is a path below one directory. Temporary files are never listed. */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
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

  async read(key: string): Promise<Uint8Array> {
    try {
      return await readFile(this.path(key));
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
