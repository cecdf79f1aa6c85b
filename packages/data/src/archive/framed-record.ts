import type { ArchiveHeader } from './archive-header.js';
import type { ArchiveRecord, HeaderFields } from './archive-record.js';

/** Reads bytes of a plain file from an offset. */
export type LoadBytes = (offset: number, length: number) => Uint8Array;

/** Where a block lies that is read when it is first asked for, and kept. */
export interface BlockPlace {
  readonly load: LoadBytes;
  readonly offset: number;
  readonly length: number;
}

/** A class, not a literal spread together: an archive has millions, and many are passed over. */
export class FramedRecord implements ArchiveRecord {
  readonly format: ArchiveRecord['format'];
  readonly type: string;
  readonly headers: HeaderFields;
  readonly url: string;
  readonly recordId: string;
  readonly contentLength: number;
  #block: Uint8Array | BlockPlace;

  constructor(
    header: ArchiveHeader,
    block: Uint8Array | BlockPlace,
    readonly offset: number,
    readonly tooLarge: boolean,
    public damage: ArchiveRecord['damage'],
  ) {
    this.format = header.format;
    this.type = header.type;
    this.headers = header.headers;
    this.url = header.url;
    this.recordId = header.recordId;
    this.contentLength = header.contentLength;
    this.#block = block;
  }

  get block(): Uint8Array {
    if ('load' in this.#block) this.#block = this.#block.load(this.#block.offset, this.#block.length);
    return this.#block;
  }
}
