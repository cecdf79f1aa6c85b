/**
 * Remote files in a store that lives on (the browser's file system). They are fetched in pieces, each kept
 * when it is whole, so that a download goes on where it was cut. A file whose SHA-256 the server says is
 * hashed before its last piece is kept: what is there whole was checked. Several tabs that want the same
 * files wait for the first.
 */
import { type ArtifactStore, emit, LlmError, type RunEventListener } from '@llm/core';
import { createSha256 } from '@llm/model';
import { bytesKept, fetchPiece, forgetPart } from './fetch-piece.js';
import type { HubOptions, RemoteFile } from './hub-repository.js';
import { PiecesStore, pieceCount, pieceKey, pieceSize } from './pieces.js';

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
  /** Whether the cache takes so many bytes more. */
  readonly hasRoom?: ((bytes: number) => Promise<boolean>) | undefined;
}

interface MissingPiece {
  readonly file: RemoteFile;
  readonly piece: number;
  /** Still to be fetched of it. */
  readonly bytes: number;
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
  const missing = await missingOf(files, cache);
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  const missingBytes = missing.reduce((sum, { bytes }) => sum + bytes, 0);
  if (missing.length > 0) {
    const plan = { files: files.map(({ name, size }) => ({ name, size })), totalBytes, missingBytes };
    if ((await options.onPlan?.(plan)) === false)
      throw new LlmError({
        code: 'assistant/download-refused',
        message: `The download of ${megabytes(missingBytes)} was refused.`,
        details: { missingBytes },
      });
    await oneTabAtATime(files, options.signal, () => fetchAll(files, cache, options));
  }
  return new PiecesStore(files, cache);
}

async function missingOf(files: readonly RemoteFile[], cache: ArtifactStore): Promise<MissingPiece[]> {
  const missing: MissingPiece[] = [];
  for (const file of files)
    for (let piece = 0; piece < pieceCount(file); piece++)
      if (!(await cache.has(pieceKey(file, piece))))
        missing.push({ file, piece, bytes: pieceSize(file, piece) - (await bytesKept(file, piece, cache)) });
  return missing;
}

async function fetchAll(
  files: readonly RemoteFile[],
  cache: ArtifactStore,
  options: DownloadOptions,
): Promise<void> {
  // Another tab may have fetched it meanwhile.
  const missing = await missingOf(files, cache);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const bytes = missing.reduce((sum, each) => sum + each.bytes, 0);
  if ((await options.hasRoom?.(bytes)) === false) throw full(bytes);
  const stage = 'download';
  emit(options.onEvent, { type: 'stage-start', stage, total });
  let done = total - bytes;
  const onBytes = (count: number): void => {
    done += count;
    emit(options.onEvent, { type: 'progress', stage, done, total, unit: 'bytes' });
  };
  for (const [index, { file, piece }] of missing.entries()) {
    const content = await fetchPiece(file, piece, cache, { ...options, onBytes });
    if (missing[index + 1]?.file !== file) await check(file, cache, piece, content);
    try {
      await cache.write(pieceKey(file, piece), content);
    } catch (error) {
      if (LlmError.isInstance(error) && error.details.full === true)
        throw full(total - done + content.length, error);
      throw error;
    }
    await forgetPart(file, piece, cache);
  }
  emit(options.onEvent, { type: 'stage-end', stage, summary: { bytes } });
}

/** `content` is the piece that is not stored yet. */
async function check(
  file: RemoteFile,
  cache: ArtifactStore,
  last: number,
  content: Uint8Array,
): Promise<void> {
  if (file.sha256 === undefined) return;
  const hash = createSha256();
  for (let piece = 0; piece < pieceCount(file); piece++)
    hash.update(piece === last ? content : await cache.read(pieceKey(file, piece)));
  const found = hash.digest();
  if (found === file.sha256) return;
  for (let piece = 0; piece < pieceCount(file); piece++) {
    if (piece !== last) await cache.delete(pieceKey(file, piece));
    await forgetPart(file, piece, cache);
  }
  throw new LlmError({
    code: 'assistant/download-corrupt',
    message: `${file.name} is not what the server announced: its hash is ${found}, announced was ${file.sha256}. It was thrown away; try again.`,
    details: { file: file.name },
  });
}

/** Where the environment has locks between tabs; a tab that is closed gives its lock back. */
async function oneTabAtATime(
  files: readonly RemoteFile[],
  signal: AbortSignal | undefined,
  work: () => Promise<void>,
): Promise<void> {
  const locks = globalThis.navigator?.locks as LockManager | undefined;
  if (locks === undefined) return work();
  await locks.request(`llm download ${files[0]!.url}`, signal === undefined ? {} : { signal }, work);
}

function full(needed: number, cause?: unknown): LlmError {
  return new LlmError({
    code: 'assistant/storage-full',
    message: `The model needs ${megabytes(needed)} more than is here, and the browser does not give this site so much room. Free some space, or choose a smaller model.`,
    details: { needed },
    cause,
  });
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
