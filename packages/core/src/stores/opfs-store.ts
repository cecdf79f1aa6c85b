/**
 * Artifacts in the origin private file system of a browser: they outlive the page and are the site's own. A
 * write goes to a temporary name and takes its own when it is whole. Works in pages and workers.
 */
import { checkArtifactKey } from '../contracts/artifact-key.js';
import type { ArtifactStore } from '../contracts/artifact-store.js';
import { checkByteRange } from '../contracts/byte-range.js';
import { LlmError } from '../errors.js';
import { artifactMissing } from './artifact-missing.js';

export class OpfsStore implements ArtifactStore {
  readonly specificationVersion = 'v1';
  readonly #root: FileSystemDirectoryHandle;

  private constructor(root: FileSystemDirectoryHandle) {
    this.#root = root;
  }

  /**
   * `folder`: below which everything lies; made when absent.
   * Throws `core/opfs-missing` where there is no such system.
   */
  static async open(folder: string): Promise<OpfsStore> {
    if (globalThis.navigator?.storage?.getDirectory === undefined)
      throw new LlmError({
        code: 'core/opfs-missing',
        message:
          'This environment has no origin private file system: it needs a browser and a page from https or localhost.',
      });
    let directory = await navigator.storage.getDirectory();
    for (const name of checkArtifactKey(folder).split('/'))
      directory = await directory.getDirectoryHandle(name, { create: true });
    return new OpfsStore(directory);
  }

  async read(key: string): Promise<Uint8Array> {
    return this.#bytes(key, (file) => file);
  }

  async size(key: string): Promise<number> {
    return (await this.#file(key)).size;
  }

  async readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    checkByteRange(start, end);
    return this.#bytes(key, (file) => file.slice(start, end));
  }

  /** Throws `core/write-failed` when the browser gives no more room. */
  async write(key: string, bytes: Uint8Array): Promise<void> {
    const [folders, name] = split(key);
    const temporary = `${name}.${crypto.randomUUID()}.tmp`;
    let directory = this.#root;
    try {
      for (const folder of folders) directory = await directory.getDirectoryHandle(folder, { create: true });
      const handle = (await directory.getFileHandle(temporary, { create: true })) as MovableFileHandle;
      const file = await handle.createWritable();
      await file.write(Uint8Array.from(bytes));
      await file.close();
      await handle.move(name);
    } catch (cause) {
      await forgetTemporary(directory, temporary);
      // Chromium may tear the pipe of a write that goes past the quota before it says why: then it is asked.
      const isFull =
        isQuotaExceeded(cause) ||
        (isNamed(cause, 'AbortError') && !(await this.hasRoom(bytes.length).catch(() => true)));
      throw new LlmError({
        code: 'core/write-failed',
        message: `Cannot write ${key}: ${isFull ? 'the browser gives this site no more room; delete something or ask for persistent storage' : String(cause)}. What was written before is intact.`,
        details: { key, full: isFull },
        cause,
      });
    }
  }

  /**
   * Whether the browser gives this site so many bytes more, found out by asking for them: what it says it
   * would give is a rounded number (Chromium's is at least 10 GiB, whatever there is).
   */
  async hasRoom(bytes: number): Promise<boolean> {
    const name = `room.${crypto.randomUUID()}.tmp`;
    const file = await (await this.#root.getFileHandle(name, { create: true })).createWritable();
    try {
      await file.truncate(bytes);
      return true;
    } catch (cause) {
      if (isQuotaExceeded(cause)) return false;
      throw cause;
    } finally {
      await file.abort().catch(() => {});
      await forgetTemporary(this.#root, name);
    }
  }

  async has(key: string): Promise<boolean> {
    return this.#file(key).then(
      () => true,
      (error: unknown) => {
        if (LlmError.isInstance(error) && error.code === 'core/artifact-missing') return false;
        throw error;
      },
    );
  }

  async list(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    const walk = async (directory: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, handle] of directory.entries()) {
        if (handle.kind === 'directory') await walk(handle as FileSystemDirectoryHandle, `${path}${name}/`);
        else if (!isTemporaryName(name)) keys.push(path + name);
      }
    };
    await walk(this.#root, '');
    return keys.filter((key) => key.startsWith(prefix)).sort();
  }

  async delete(key: string): Promise<void> {
    const [folders, name] = split(key);
    try {
      await removeWhenReleased(await this.#directory(folders), name);
      for (; folders.length > 0; folders.pop())
        await (await this.#directory(folders.slice(0, -1))).removeEntry(folders.at(-1)!);
    } catch (error) {
      // Not there, or a folder that still holds something.
      if (!(error instanceof DOMException) || !/NotFound|InvalidModification/.test(error.name)) throw error;
    }
  }

  async #directory(folders: readonly string[]): Promise<FileSystemDirectoryHandle> {
    let directory = this.#root;
    for (const folder of folders) directory = await directory.getDirectoryHandle(folder);
    return directory;
  }

  /** A file that is replaced while it is read cannot be read on: then the new one is. */
  async #bytes(key: string, part: (file: File) => Blob): Promise<Uint8Array> {
    for (let tries = 1; ; tries++)
      try {
        return new Uint8Array(await part(await this.#file(key)).arrayBuffer());
      } catch (error) {
        const isReplaced = isNamed(error, 'NotReadableError') || isNamed(error, 'NotFoundError');
        if (!isReplaced || tries === mostTries) throw error;
      }
  }

  async #file(key: string): Promise<File> {
    const [folders, name] = split(key);
    try {
      return await (await (await this.#directory(folders)).getFileHandle(name)).getFile();
    } catch (error) {
      if (error instanceof DOMException && /NotFound|TypeMismatch/.test(error.name))
        throw artifactMissing(key, 'the origin private file system', error);
      throw error;
    }
  }
}

/** Of reading a file that somebody else writes again and again. */
const mostTries = 20;

/** In every browser, not yet in TypeScript. */
interface MovableFileHandle extends FileSystemFileHandle {
  /** Takes another name in the same folder, in place of what had it. */
  move(name: string): Promise<void>;
}

/**
 * A writer that was closed or aborted, or broke, holds its file until the browser's
 * other process has heard of it; a removal before that is refused. A file that is
 * still being written after two seconds stays, with the browser's error.
 */
async function removeWhenReleased(directory: FileSystemDirectoryHandle, name: string): Promise<void> {
  for (let wait = 1; ; wait *= 2)
    try {
      return await directory.removeEntry(name);
    } catch (error) {
      if (!isNamed(error, 'NoModificationAllowedError') || wait > 1024) throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}

function isQuotaExceeded(error: unknown): boolean {
  return isNamed(error, 'QuotaExceededError');
}

/** One that cannot be removed is left: it is in no list, and what is to be said is why it was not filled. */
async function forgetTemporary(directory: FileSystemDirectoryHandle, name: string): Promise<void> {
  await removeWhenReleased(directory, name).catch(() => {});
}

/** Ours, and what a browser calls a copy being written; a closed page may leave one. */
function isTemporaryName(name: string): boolean {
  return /\.[\da-f-]{36}\.tmp(\.crswap)?$/.test(name);
}

function split(key: string): [folders: string[], name: string] {
  const names = checkArtifactKey(key).split('/');
  return [names.slice(0, -1), names.at(-1)!];
}
