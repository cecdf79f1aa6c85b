/**
 * What lies in a web archive. After WARC 1.1 (ISO 28500) and the Internet Archive's ARC 1.0.
 */

/** Header fields with lower-case names; a repeated field keeps its first value. */
export type HeaderFields = ReadonlyMap<string, string>;

/** One record as it lies in the archive. ARC records get the type `response` (the first: `warcinfo`). */
export interface ArchiveRecord {
  readonly format: 'warc' | 'arc';
  /** `WARC-Type` in lower case: response, resource, conversion, request, revisit, warcinfo, metadata, … */
  readonly type: string;
  readonly headers: HeaderFields;
  /** The target URL, or an empty string. */
  readonly url: string;
  /** `WARC-Record-ID` without `<urn:uuid:` and `>`, or an empty string. */
  readonly recordId: string;
  /**
   * The block (for a response: the HTTP message). Empty when `tooLarge`. Read when it is asked for: a copy
   * made with `{ ...record }` is without it.
   */
  readonly block: Uint8Array;
  /** Bytes of the block that the header announced. */
  readonly contentLength: number;
  /** The block was longer than the reader's limit and was not kept. */
  readonly tooLarge: boolean;
  /** The block ends early (`truncated`) or fails its checksum (`corrupt`): `block` holds what there was. */
  readonly damage?: 'truncated' | 'corrupt' | undefined;
  /** Byte offset in the file of the record, or of the gzip member that it starts in. */
  readonly offset: number;
}

/** A stretch of the file that is no record: why, where it starts, how long it is in bytes. */
export interface ArchiveDamage {
  readonly reason: 'corrupt' | 'truncated';
  readonly offset: number;
  readonly bytes: number;
  readonly message: string;
}

export type ArchiveItem =
  | { readonly kind: 'record'; readonly record: ArchiveRecord }
  | { readonly kind: 'damage'; readonly damage: ArchiveDamage };
