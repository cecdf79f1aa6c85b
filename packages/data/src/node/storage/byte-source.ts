/** A stretch of bytes somewhere: a file, an object, a file of a data set on a hub. */
export interface ByteSource {
  /** Where it is; of a hub, with the commit. */
  readonly url: string;
  /** In bytes. */
  readonly size: number;
  /** Changes with the content: an ETag, or size and time of a file. Empty where the server says nothing. */
  readonly version: string;
  /**
   * Bytes from `offset` up to `offset + length`, fewer where the source ends before. Throws `data/storage-…`.
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Bytes from `start` up to `end`. Default: all. A connection that breaks is taken up where it broke. */
  stream(start?: number, end?: number): AsyncGenerator<Uint8Array>;
}

/** What a listing says about a file. */
export interface StoredFile {
  readonly url: string;
  readonly size: number;
}

/** A file on its way: nobody sees it before `finish`. */
export interface OutputFile {
  readonly url: string;
  write(bytes: Uint8Array): Promise<void>;
  /** Puts it, whole, in its place. */
  finish(): Promise<void>;
  /** Leaves nothing behind; an error on the way is not worth another. */
  abandon(): Promise<void>;
}
