/** Files of this machine as sources and outputs. */
import { randomInt } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LlmError } from '@llm/core';
import { syncDirectory, writeFailed } from '@llm/core/node';
import type { ByteSource, OutputFile } from './byte-source.js';
import { storageError } from './storage-error.js';

/** The path of a `file:` URL; a path is one already. */
export function localPath(location: string): string {
  if (!/^file:/i.test(location)) return location;
  try {
    return fileURLToPath(location);
  } catch (cause) {
    throw storageError(
      'url-invalid',
      location,
      `${location} is no file of this machine: ${(cause as Error).message}.`,
      cause,
    );
  }
}

/** Throws `data/input-missing`. */
export async function openLocalFile(location: string): Promise<ByteSource> {
  const path = localPath(location);
  const entry = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const why =
      cause.code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${cause.code ?? 'unknown'})`;
    throw missing(path, why, cause);
  });
  if (!entry.isFile()) throw missing(path, 'it is a directory, not a file');
  await access(path, constants.R_OK).catch((cause: NodeJS.ErrnoException) => {
    throw missing(path, `it may not be read (${cause.code ?? 'unknown'})`, cause);
  });
  return new LocalFile(location, path, entry.size, `${entry.size}-${Math.floor(entry.mtimeMs)}`);
}

function missing(path: string, why: string, cause?: unknown): LlmError {
  return new LlmError({
    code: 'data/input-missing',
    message: `Cannot read the input ${path}: ${why}. Check the path.`,
    details: { path },
    cause,
  });
}

class LocalFile implements ByteSource {
  constructor(
    readonly url: string,
    readonly path: string,
    readonly size: number,
    readonly version: string,
  ) {}

  async read(offset: number, length: number): Promise<Uint8Array> {
    const file = await open(this.path, 'r');
    try {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } finally {
      await file.close();
    }
  }

  async *stream(start = 0, end = this.size): AsyncGenerator<Uint8Array> {
    if (end <= start) return;
    const options = { start, end: end - 1, highWaterMark: 1 << 20 };
    yield* createReadStream(this.path, options) as AsyncIterable<Buffer>;
  }
}

/** A file under a temporary name that gets its own when it is whole and flushed. */
export class LocalOutput implements OutputFile {
  private constructor(
    readonly url: string,
    readonly path: string,
    readonly temporary: string,
    readonly file: FileHandle,
  ) {}

  /** Throws `core/write-failed`. */
  static async open(location: string): Promise<LocalOutput> {
    const path = localPath(location);
    // Drawn, not counted: two containers on one directory may have the same process id.
    const temporary = `${path}.${process.pid}.${randomInt(2 ** 47)}.tmp`;
    const file = await written(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      return open(temporary, 'w');
    });
    return new LocalOutput(location, path, temporary, file);
  }

  write(bytes: Uint8Array): Promise<void> {
    return written(this.path, async () => {
      for (let done = 0; done < bytes.length; )
        done += (await this.file.write(bytes, done, bytes.length - done)).bytesWritten;
    });
  }

  finish(): Promise<void> {
    return written(this.path, async () => {
      await this.file.sync();
      await this.file.close();
      await rename(this.temporary, this.path);
      await syncDirectory(dirname(this.path));
    });
  }

  async abandon(): Promise<void> {
    await this.file.close().catch(() => undefined);
    await rm(this.temporary, { force: true }).catch(() => undefined);
  }
}

async function written<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw writeFailed(path, cause);
  }
}
