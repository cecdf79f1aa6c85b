/**
 * Appends bytes to a temporary file and gives it its name when it is complete: a file with the name is whole.
 */
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LlmError } from '@llm/core';

const bufferSize = 1 << 20;

export class FileSink {
  #buffered: Uint8Array[] = [];
  #size = 0;
  bytes = 0;

  private constructor(
    readonly path: string,
    readonly handle: FileHandle,
  ) {}

  /** Throws `miniweb/write-failed` when the directory or the file cannot be made. */
  static async open(path: string): Promise<FileSink> {
    return writing(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      return new FileSink(path, await open(`${path}.tmp`, 'w'));
    });
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.#buffered.push(bytes);
    this.#size += bytes.length;
    this.bytes += bytes.length;
    if (this.#size >= bufferSize) await this.#flush();
  }

  async close(): Promise<void> {
    await this.#flush();
    await writing(this.path, async () => {
      await this.handle.sync();
      await this.handle.close();
      await rename(`${this.path}.tmp`, this.path);
    });
  }

  /** Removes the unfinished file. */
  async abandon(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(`${this.path}.tmp`, { force: true }).catch(() => undefined);
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#buffered);
    this.#buffered = [];
    this.#size = 0;
    await writing(this.path, () => this.handle.appendFile(bytes));
  }
}

/** Turns a system error into `miniweb/write-failed`. */
export async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const system = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new LlmError({
      code: 'miniweb/write-failed',
      message: `Cannot write ${path} (${system}). ${system === 'ENOSPC' ? 'The disk is full: free some space' : 'Check that the directory exists and is writable'}, then run again; finished files stay valid.`,
      details: { path, system },
      cause,
    });
  }
}
