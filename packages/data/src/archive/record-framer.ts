/**
 * Cuts a stream of (already inflated) archive bytes into records: a push parser that copies nothing but what
 * lies across two pieces, and holds at most one record. A header that cannot be read, a wrong length or a cut
 * file becomes counted damage, and reading goes on at the next line that looks like a record header or at the
 * next gzip member.
 */
import {
  type ArchiveHeader,
  isArcStart,
  isWarcStart,
  parseArcHeader,
  parseWarcHeader,
  startsWarc,
} from './archive-header.js';
import type { ArchiveDamage, ArchiveItem } from './archive-record.js';
import { ByteParts } from './byte-parts.js';
import { FramedRecord, type LoadBytes } from './framed-record.js';
import { carriageReturn, endOfHeader, headerLimit, newline, startsLikeRecord } from './header-bounds.js';
import { withoutReturns } from './http-message.js';

export interface RecordFramerOptions {
  /** A longer block is skipped, not kept: the record comes with `tooLarge`. Bytes; default 16 MiB. */
  readonly maxRecordBytes?: number | undefined;
}

export interface RandomAccess {
  /** Bytes of the file, which is plain, from `offset`: read when a record's block is asked for. */
  readonly load: LoadBytes;
}

const text = new TextDecoder('utf-8');
const encoder = new TextEncoder();

export class RecordFramer {
  readonly #maxRecordBytes: number;
  readonly #load: LoadBytes | undefined;
  /** File offset of the start of the current member (gzip) or undefined for a plain file. */
  #memberOffset: number | undefined;
  /** Bytes seen in the current member (gzip) or file (plain). */
  #position = 0;
  /** What there is of a line or a WARC header that is not whole yet. */
  readonly #partial = new ByteParts();
  #partialOffset = 0;
  /** The first line of a WARC header has been seen: `#partial` grows until a blank line. */
  #inHeader = false;
  /** `#partial` ends in a line end, and CRs at most. */
  #atLineStart = false;
  #header: ArchiveHeader | undefined;
  #headerOffset = 0;
  #remaining = 0;
  readonly #block = new ByteParts();
  #blockOffset = 0;
  #damage: { offset: number; bytes: number; message: string } | undefined;
  /** The last whole record of a gzip member: it waits until the member's checksum is known. */
  #held: FramedRecord | undefined;
  #items: ArchiveItem[] = [];

  constructor(options: RecordFramerOptions & Partial<RandomAccess> = {}) {
    this.#maxRecordBytes = options.maxRecordBytes ?? 16 * 1024 * 1024;
    this.#load = options.load;
  }

  /** Items that are complete since the last call. */
  take(): ArchiveItem[] {
    if (this.#items.length === 0) return [];
    const items = this.#items;
    this.#items = [];
    return items;
  }

  /**
   * A gzip member starts at this file offset. The rest of a record may follow in it (block-wise gzip). What
   * was written may change once the items that are complete now have been used.
   */
  startMember(offset: number): void {
    this.#release();
    this.#partial.own();
    this.#block.own();
    this.#memberOffset = offset;
    this.#position = 0;
  }

  /** Without random access `bytes` are kept, not copied: they must not change afterwards. */
  write(bytes: Uint8Array): void {
    if (this.#header !== undefined && this.#position === 0 && this.#memberOffset !== undefined) {
      // A new member that opens with a record header: the record before it was cut short.
      if (startsLikeRecord(bytes)) this.#finishRecord('truncated');
    }
    for (let at = 0; at < bytes.length; ) {
      at = this.#header === undefined ? this.#readHeader(bytes, at) : this.#readBlock(bytes, at);
      if (this.#header !== undefined && this.#remaining === 0) this.#finishRecord(undefined);
    }
    this.#position += bytes.length;
  }

  /** How many bytes may be left out of what is written next, with random access to the file. */
  get skippable(): number {
    return this.#load === undefined ? 0 : this.#remaining;
  }

  /** So many of the skippable bytes are left out. */
  skip(bytes: number): void {
    this.#remaining -= bytes;
    this.#position += bytes;
    if (this.#header !== undefined && this.#remaining === 0) this.#finishRecord(undefined);
  }

  /**
   * The current member is cut or damaged up to the next one. The record that is open, or the last one that
   * was read from the member, takes the blame; without one the damage is an item of its own.
   */
  damage(damage: ArchiveDamage): void {
    const { reason } = damage;
    const rest = this.#header !== undefined || this.#partial.length > 0;
    // A checksum speaks of all that was read; a cut is explained by what it left unfinished.
    const blamed = this.#held !== undefined && (reason === 'corrupt' || !rest);
    if (this.#held !== undefined && blamed) this.#held.damage = reason;
    if (blamed && !rest) {
      this.#release();
      return;
    }
    const records = this.#flush(reason) + (blamed ? 1 : 0);
    if (records === 0) this.#items.push({ kind: 'damage', damage });
  }

  end(): void {
    this.#flush('truncated');
  }

  /** Returns how many open records it closed. */
  #flush(reason: 'corrupt' | 'truncated'): number {
    this.#release();
    if (this.#inHeader) this.#discardPartial('a WARC header without an end');
    else if (this.#partial.length > 0) this.#discardPartial('a line that ends nowhere');
    const open = this.#header !== undefined ? 1 : 0;
    if (open === 1) this.#finishRecord(this.#remaining > 0 || reason === 'corrupt' ? reason : undefined);
    this.#release();
    this.#closeDamage();
    return open;
  }

  #release(): void {
    if (this.#held === undefined) return;
    this.#items.push({ kind: 'record', record: this.#held });
    this.#held = undefined;
  }

  #offset(at: number): number {
    return this.#memberOffset ?? this.#position + at;
  }

  #piece(bytes: Uint8Array, from: number, to: number): Uint8Array {
    return this.#load === undefined ? bytes.subarray(from, to) : bytes.slice(from, to);
  }

  /** Returns the index after what belongs to the header, or to a line that is none. */
  #readHeader(bytes: Uint8Array, start: number): number {
    if (this.#inHeader) return this.#readFields(bytes, start);
    let at = start;
    if (this.#partial.length === 0) {
      while (bytes[at] === newline || bytes[at] === carriageReturn) at++;
      if (at === bytes.length) return at;
      this.#partialOffset = this.#offset(at);
      const end = startsWarc(bytes, at) ? endOfHeader(bytes, at) : -1;
      if (end > 0) {
        this.#endHeader(bytes.subarray(at, end), this.#offset(end));
        return end;
      }
    }
    const found = bytes.indexOf(newline, at);
    const end = found < 0 ? bytes.length : found + 1;
    this.#partial.add(this.#piece(bytes, at, end));
    if (found >= 0) this.#endLine(this.#offset(end));
    else if (this.#partial.length > headerLimit)
      this.#discardPartial('a line that never ends where a record should start');
    return end;
  }

  /** `#partial` is the line that should open a record. `next` is the file offset of what comes after it. */
  #endLine(next: number): void {
    const line = withoutReturns(text.decode(this.#partial.bytes()).replace('\n', ''));
    if (isWarcStart(line)) {
      this.#inHeader = true;
      this.#atLineStart = true;
      return;
    }
    const header = parseArcHeader(line);
    if (header !== undefined) {
      this.#partial.clear();
      this.#open(header, this.#partialOffset, next);
    } else if (isArcStart(line)) this.#discardPartial('an ARC header with a negative length');
    else this.#discardPartial('bytes that are no record header');
  }

  /** The fields of a WARC header up to the blank line. */
  #readFields(bytes: Uint8Array, start: number): number {
    for (let at = start; ; ) {
      if (this.#atLineStart) {
        while (bytes[at] === carriageReturn) at++;
        if (bytes[at] === newline) {
          this.#partial.add(this.#piece(bytes, start, at + 1));
          this.#endHeader(this.#partial.bytes(), this.#offset(at + 1));
          return at + 1;
        }
        if (at < bytes.length) this.#atLineStart = false;
      }
      const found = bytes.indexOf(newline, at);
      this.#atLineStart ||= found >= 0;
      at = found < 0 ? bytes.length : found + 1;
      if (at < bytes.length && this.#partial.length + at - start <= headerLimit) continue;
      this.#partial.add(this.#piece(bytes, start, at));
      if (this.#partial.length > headerLimit) this.#discardPartial('a WARC header without an end');
      return at;
    }
  }

  /** `next` is the file offset of what comes after the header. */
  #endHeader(bytes: Uint8Array, next: number): void {
    let header = text.decode(bytes);
    // A header that was cut: the next record starts in the middle of it.
    const last = header.lastIndexOf('\nWARC/') + 1;
    const cut = last === 0 ? 0 : encoder.encode(header.slice(0, last)).length;
    if (last > 0) header = header.slice(last);
    const parsed = parseWarcHeader(header);
    this.#inHeader = false;
    this.#partial.clear();
    if (parsed === undefined) {
      this.#count(this.#partialOffset, bytes.length, 'a WARC header without a valid Content-Length');
      return;
    }
    if (cut > 0) this.#count(this.#partialOffset, cut, 'a WARC header without an end');
    this.#open(parsed, this.#partialOffset + (this.#memberOffset === undefined ? cut : 0), next);
  }

  #open(header: ArchiveHeader, offset: number, blockOffset: number): void {
    this.#release();
    this.#closeDamage();
    this.#header = header;
    this.#headerOffset = offset;
    this.#blockOffset = blockOffset;
    this.#remaining = header.contentLength;
  }

  #discardPartial(message: string): void {
    this.#count(this.#partialOffset, this.#partial.length, message);
    this.#inHeader = false;
    this.#partial.clear();
  }

  #count(offset: number, bytes: number, message: string): void {
    this.#damage ??= { offset, bytes: 0, message };
    this.#damage.bytes += bytes;
  }

  #closeDamage(): void {
    if (this.#damage === undefined) return;
    this.#items.push({ kind: 'damage', damage: { reason: 'corrupt', ...this.#damage } });
    this.#damage = undefined;
  }

  #readBlock(bytes: Uint8Array, at: number): number {
    const count = Math.min(this.#remaining, bytes.length - at);
    const { contentLength = 0 } = this.#header ?? {};
    const isWhole = count === contentLength;
    if (contentLength <= this.#maxRecordBytes && (this.#load === undefined || isWhole))
      this.#block.add(this.#piece(bytes, at, at + count));
    this.#remaining -= count;
    return at + count;
  }

  #finishRecord(damage: 'truncated' | 'corrupt' | undefined): void {
    const header = this.#header;
    if (header === undefined) return;
    const tooLarge = header.contentLength > this.#maxRecordBytes;
    const seen = tooLarge ? 0 : header.contentLength - this.#remaining;
    const block =
      this.#block.length === seen || this.#load === undefined
        ? this.#block.bytes()
        : { load: this.#load, offset: this.#blockOffset, length: seen };
    this.#release();
    this.#held = new FramedRecord(header, block, this.#headerOffset, tooLarge, damage);
    if (this.#memberOffset === undefined) this.#release();
    this.#header = undefined;
    this.#block.clear();
    this.#remaining = 0;
  }
}
