/**
 * Remote files as they lie in a store: in pieces of 16 MiB, each under a key of its own, read without putting
 * them together.
 */
import type { ArtifactStore } from '@llm/core';
import { ListedStore } from '@llm/core/stores';
import type { RemoteFile } from './hub-repository.js';

const pieceBytes = 2 ** 24;

/** Of a file without bytes there is one, empty. */
export function pieceCount({ size }: RemoteFile): number {
  return Math.max(1, Math.ceil(size / pieceBytes));
}

export function pieceStart(piece: number): number {
  return piece * pieceBytes;
}

export function pieceSize({ size }: RemoteFile, piece: number): number {
  return Math.min(pieceBytes, size - piece * pieceBytes);
}

/** The address and the version are part of the name: another version is another file. */
export function pieceKey({ url, version, size }: RemoteFile, piece: number): string {
  return `models/${plain(url.replace(/[?#].*$/, ''))}/${plain(version)}-${size}/${String(piece).padStart(5, '0')}`;
}

/** As part of a key. */
export function plain(text: string): string {
  return text.replaceAll(/[^\w.-]+/g, '_').replaceAll('..', '_');
}

/** Reads whole files and ranges out of their pieces. */
export class PiecesStore extends ListedStore<RemoteFile> {
  constructor(
    files: readonly RemoteFile[],
    private readonly cache: ArtifactStore,
  ) {
    super(new Map(files.map((file) => [file.name, file])), 'the download');
  }

  async size(key: string): Promise<number> {
    return this.find(key).size;
  }

  async readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    const file = this.find(key);
    const stop = Math.min(end, file.size);
    const bytes = new Uint8Array(Math.max(0, stop - start));
    for (let at = start; at < stop; ) {
      const piece = Math.floor(at / pieceBytes);
      const from = at - pieceStart(piece);
      const to = Math.min(stop - pieceStart(piece), pieceSize(file, piece));
      const name = pieceKey(file, piece);
      const part = this.cache.readRange
        ? await this.cache.readRange(name, from, to)
        : (await this.cache.read(name)).subarray(from, to);
      bytes.set(part, at - start);
      at = pieceStart(piece) + to;
    }
    return bytes;
  }
}
