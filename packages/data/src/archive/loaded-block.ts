import type { ArchiveRecord } from './archive-record.js';

/** Reads bytes of a plain file from an offset. */
export type LoadBytes = (offset: number, length: number) => Uint8Array;

/** The block is read when it is first asked for, and kept. */
export function withLoadedBlock(
  record: Omit<ArchiveRecord, 'block'>,
  load: LoadBytes,
  offset: number,
  length: number,
): ArchiveRecord {
  let loaded: Uint8Array | undefined;
  return Object.defineProperty({ ...record, block: undefined as unknown as Uint8Array }, 'block', {
    enumerable: true,
    get: () => {
      loaded ??= load(offset, length);
      return loaded;
    },
  });
}
