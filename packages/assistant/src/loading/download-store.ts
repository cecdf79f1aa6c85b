/**
 * Remote files in a store that lives on (the browser's file system): fetched in pieces of 16 MiB, each kept
 * when it is whole, so that a download goes on where it was cut; read from the pieces, without putting them
 * together. A file whose SHA-256 the server says is hashed when its last piece is there.
 */
import { type ArtifactStore, emit, LlmError, type RunEventListener } from '@llm/core';
import { createSha256 } from '@llm/model';
import { ask, type HubOptions, type RemoteFile, unreachable } from './hub-repository.js';

const pieceBytes = 2 ** 24;

export interface DownloadPlan {
  readonly files: readonly { readonly name: string; readonly size: number }[];
  /** Of all files. */
  readonly totalBytes: number;
  /** Of these, what is not here yet. */
  readonly missingBytes: number;
}

export interface DownloadOptions extends HubOptions {
  readonly onEvent?: RunEventListener | undefined;
  /** Told before anything is fetched; `false` refuses. */
  readonly onPlan?: ((plan: DownloadPlan) => boolean | undefined | Promise<boolean | undefined>) | undefined;
  /** Bytes that the cache may still take; undefined: not known. */
  readonly room?: (() => Promise<number | undefined>) | undefined;
}

/**
 * Fetches what is missing and gives a store to read from, by the files' names. Throws
 * `assistant/download-refused`, `assistant/storage-full`, `assistant/download-corrupt`,
 * `assistant/source-unreachable`.
 */
export async function downloadFiles(
  files: readonly RemoteFile[],
  cache: ArtifactStore,
  options: DownloadOptions,
): Promise<ArtifactStore> {
  const missing: { readonly file: RemoteFile; readonly piece: number; readonly bytes: number }[] = [];
  for (const file of files)
    for (let piece = 0; piece * pieceBytes < Math.max(1, file.size); piece++)
      if (!(await cache.has(keyOf(file, piece)))) missing.push({ file, piece, bytes: sizeOf(file, piece) });
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  const missingBytes = missing.reduce((sum, { bytes }) => sum + bytes, 0);
  const plan = { files: files.map(({ name, size }) => ({ name, size })), totalBytes, missingBytes };
  if (missingBytes > 0) {
    if ((await options.onPlan?.(plan)) === false)
      throw new LlmError({
        code: 'assistant/download-refused',
        message: `The download of ${megabytes(missingBytes)} was refused.`,
        details: { missingBytes },
      });
    const room = await options.room?.();
    if (room !== undefined && room < missingBytes) throw full(missingBytes, room);
    const stage = 'download';
    emit(options.onEvent, { type: 'stage-start', stage, total: totalBytes });
    let done = totalBytes - missingBytes;
    for (const { file, piece, bytes } of missing) {
      await fetchPiece(file, piece, cache, options);
      done += bytes;
      emit(options.onEvent, { type: 'progress', stage, done, total: totalBytes, unit: 'bytes' });
    }
    for (const file of new Set(missing.map((each) => each.file))) await check(file, cache);
    emit(options.onEvent, { type: 'stage-end', stage, summary: { bytes: missingBytes } });
  }
  return new PiecesStore(files, cache);
}

async function fetchPiece(
  file: RemoteFile,
  piece: number,
  cache: ArtifactStore,
  options: DownloadOptions,
): Promise<void> {
  const start = piece * pieceBytes;
  const expected = sizeOf(file, piece);
  const range = `bytes=${start}-${start + expected - 1}`;
  const response = await ask(file.url, options, 'GET', expected === file.size ? {} : { range });
  if (expected < file.size && response.status !== 206) {
    await response.body?.cancel();
    throw unreachable(file.url, 'does not give parts of a file, and it is too large to fetch at once');
  }
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw unreachable(file.url, 'broke off', cause);
  }
  if (bytes.length !== expected)
    throw unreachable(file.url, `sent ${bytes.length} bytes where ${expected} were asked for`);
  try {
    await cache.write(keyOf(file, piece), bytes);
  } catch (error) {
    if (LlmError.isInstance(error) && error.details.full === true)
      throw full(file.size - start, undefined, error);
    throw error;
  }
}

async function check(file: RemoteFile, cache: ArtifactStore): Promise<void> {
  if (file.sha256 === undefined) return;
  const hash = createSha256();
  const pieces = Math.max(1, Math.ceil(file.size / pieceBytes));
  for (let piece = 0; piece < pieces; piece++) hash.update(await cache.read(keyOf(file, piece)));
  const found = hash.digest();
  if (found === file.sha256) return;
  for (let piece = 0; piece < pieces; piece++) await cache.delete(keyOf(file, piece));
  throw new LlmError({
    code: 'assistant/download-corrupt',
    message: `${file.name} is not what the server announced: its hash is ${found}, announced was ${file.sha256}. It was thrown away; try again.`,
    details: { file: file.name },
  });
}

/** Reads whole files and ranges out of their pieces. */
class PiecesStore implements ArtifactStore {
  readonly specificationVersion = 'v1';
  readonly #files: ReadonlyMap<string, RemoteFile>;

  constructor(
    files: readonly RemoteFile[],
    private readonly cache: ArtifactStore,
  ) {
    this.#files = new Map(files.map((file) => [file.name, file]));
  }

  async read(key: string): Promise<Uint8Array> {
    return this.readRange(key, 0, this.#file(key).size);
  }

  async size(key: string): Promise<number> {
    return this.#file(key).size;
  }

  async readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    const file = this.#file(key);
    const stop = Math.min(end, file.size);
    const bytes = new Uint8Array(Math.max(0, stop - start));
    for (let at = start; at < stop; ) {
      const piece = Math.floor(at / pieceBytes);
      const from = at - piece * pieceBytes;
      const to = Math.min(stop - piece * pieceBytes, sizeOf(file, piece));
      const name = keyOf(file, piece);
      const part = this.cache.readRange
        ? await this.cache.readRange(name, from, to)
        : (await this.cache.read(name)).subarray(from, to);
      bytes.set(part, at - start);
      at = piece * pieceBytes + to;
    }
    return bytes;
  }

  async has(key: string): Promise<boolean> {
    return this.#files.has(key);
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.#files.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async write(key: string): Promise<never> {
    throw readOnly(key);
  }

  async delete(key: string): Promise<never> {
    throw readOnly(key);
  }

  #file(key: string): RemoteFile {
    const file = this.#files.get(key);
    if (file !== undefined) return file;
    throw new LlmError({ code: 'core/artifact-missing', message: `There is no "${key}".`, details: { key } });
  }
}

function sizeOf({ size }: RemoteFile, piece: number): number {
  return Math.min(pieceBytes, size - piece * pieceBytes);
}

/** The address and the version are part of the name: another version is another file. */
function keyOf({ url, version, size }: RemoteFile, piece: number): string {
  const plain = (text: string): string => text.replaceAll(/[^\w.-]+/g, '_').replaceAll('..', '_');
  return `models/${plain(url.replace(/[?#].*$/, ''))}/${plain(version)}-${size}/${String(piece).padStart(5, '0')}`;
}

function full(needed: number, room: number | undefined, cause?: unknown): LlmError {
  return new LlmError({
    code: 'assistant/storage-full',
    message: `The model needs ${megabytes(needed)} more, and the browser gives this site ${room === undefined ? 'no more room' : `${megabytes(room)}`}. Free some space, or choose a smaller model.`,
    details: { needed },
    cause,
  });
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

function readOnly(key: string): LlmError {
  return new LlmError({
    code: 'core/store-read-only',
    message: `"${key}" cannot be changed: downloaded files are only read.`,
    details: { key },
  });
}
