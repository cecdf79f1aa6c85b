/** The file-system `ArtifactStore`: a key is a path below one directory. Temporary files are never listed. */
import { open, readdir, readFile, rm, rmdir, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { checkArtifactKey } from '../contracts/artifact-key.js';
import type { ArtifactStore } from '../contracts/artifact-store.js';
import { checkByteRange } from '../contracts/byte-range.js';
import { LlmError } from '../errors.js';
import { isWindowsName } from './windows-name.js';
import { isTemporaryName, writeFileAtomic } from './write-file-atomic.js';

export class DirectoryStore implements ArtifactStore {
  readonly specificationVersion = 'v1';

  /** Absolute. */
  readonly directory: string;

  /**
   * `directory` may be relative, end in a slash, or not exist yet. Throws `core/option-invalid` for what no
   * system can have as a path.
   */
  constructor(directory: string) {
    if (typeof directory !== 'string' || directory.includes('\0'))
      throw new LlmError({
        code: 'core/option-invalid',
        message: `The directory of a store is ${JSON.stringify(directory) ?? 'undefined'}; it must be a path.`,
        details: { option: 'directory' },
      });
    this.directory = resolve(directory);
  }

  /** Throws `core/artifact-key-invalid`, also for what Windows takes for something else than a file. */
  path(key: string): string {
    const names = checkArtifactKey(key).split('/');
    const strange = process.platform === 'win32' ? names.find((name) => !isWindowsName(name)) : undefined;
    if (strange !== undefined)
      throw new LlmError({
        code: 'core/artifact-key-invalid',
        message: `"${key}" is not an artifact key on Windows, where ${JSON.stringify(strange)} is no name of a file. Choose another.`,
        details: { key },
      });
    return join(this.directory, ...names);
  }

  read(key: string): Promise<Uint8Array> {
    return this.#found(key, (path) => readFile(path));
  }

  size(key: string): Promise<number> {
    return this.#found(key, async (path) => {
      const entry = await stat(path);
      if (entry.isFile()) return entry.size;
      throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' });
    });
  }

  async readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    checkByteRange(start, end);
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
      // A key may also name a folder, or go through a file.
      if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
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
    const options = { recursive: true, withFileTypes: true } as const;
    const entries = await readdir(this.directory, options).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    return entries
      .filter((entry) => entry.isFile() && !isTemporaryName(entry.name))
      .map((entry) => relative(this.directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((key) => key.startsWith(prefix))
      .sort();
  }

  /** Folders that become empty go with their last artifact. */
  async delete(key: string): Promise<void> {
    await rm(this.path(key), { force: true });
    const folders = key.split('/').slice(0, -1);
    try {
      for (; folders.length > 0; folders.pop()) await rmdir(this.path(folders.join('/')));
    } catch {
      // not empty, or gone before
    }
  }
}
