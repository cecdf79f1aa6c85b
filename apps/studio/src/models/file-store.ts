/** Files of a folder that was dropped on the page, as a store that is only read. */
import { ListedStore } from '@llm/core/stores';

export class FileStore extends ListedStore<File> {
  /** By path; a folder that all have in common is left out. */
  constructor(files: readonly (readonly [path: string, file: File])[]) {
    const first = files[0]?.[0].split('/')[0];
    const isFolder = files.every(([path]) => path.includes('/') && path.split('/')[0] === first);
    const keyOf = (path: string): string => (isFolder ? path.slice(path.indexOf('/') + 1) : path);
    super(new Map(files.map(([path, file]) => [keyOf(path), file])), 'the dropped files');
  }

  async readRange(key: string, start: number, end: number): Promise<Uint8Array> {
    return new Uint8Array(await this.find(key).slice(start, end).arrayBuffer());
  }

  async size(key: string): Promise<number> {
    return this.find(key).size;
  }
}
