/**
 * Cuts a stream of (already inflated) archive bytes into records: a push parser that holds at most one
 * record. A header that cannot be read, a wrong length or a cut file becomes counted damage, and reading goes
 * on at the next line that looks like a record header or at the next gzip member.
 */
import {
  type ArchiveHeader,
  isArcStart,
  isWarcStart,
  parseArcHeader,
  parseWarcHeader,
} from './archive-header.js';
import type { ArchiveDamage, ArchiveItem, ArchiveRecord } from './archive-record.js';
import { concatBytes } from './concat-bytes.js';

export interface RecordFramerOptions {
  /** A longer block is skipped, not kept: the record comes with `tooLarge`. Bytes; default 16 MiB. */
  readonly maxRecordBytes?: number | undefined;
}

const headerLimit = 128 * 1024;
const newline = 10;
const carriageReturn = 13;
const text = new TextDecoder('utf-8');

export class RecordFramer {
  readonly #maxRecordBytes: number;
  #pending: Uint8Array = new Uint8Array(0);
  /** File offset of the start of the current member (gzip) or undefined for a plain file. */
  #memberOffset: number | undefined;
  /** Bytes seen in the current member (gzip) or file (plain). */
  #position = 0;
  #header: ArchiveHeader | undefined;
  #headerOffset = 0;
  #remaining = 0;
  #block: Uint8Array[] = [];
  #damage: { offset: number; bytes: number; message: string } | undefined;
  /** The last whole record of a gzip member: it waits until the member's checksum is known. */
  #held: ArchiveRecord | undefined;
  #items: ArchiveItem[] = [];

  constructor(options: RecordFramerOptions = {}) {
    this.#maxRecordBytes = options.maxRecordBytes ?? 16 * 1024 * 1024;
  }

  /** Items that are complete since the last call. */
  take(): ArchiveItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  /** A gzip member starts at this file offset. The rest of a record may follow in it (block-wise gzip). */
  startMember(offset: number): void {
    this.#release();
    this.#memberOffset = offset;
    this.#position = 0;
  }

  write(bytes: Uint8Array): void {
    if (this.#header !== undefined && this.#position === 0 && this.#memberOffset !== undefined) {
      // A new member that opens with a record header: the record before it was cut short.
      if (startsLikeRecord(bytes)) this.#finishRecord('truncated');
    }
    if (this.#pending.length > 0) {
      this.#position -= this.#pending.length;
      bytes = concatBytes([this.#pending, bytes]);
      this.#pending = new Uint8Array(0);
    }
    this.#consume(bytes, false);
  }

  /** Cuts bytes into records; the `last` ones leave nothing pending, and their last record open. */
  #consume(bytes: Uint8Array, last: boolean): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#header === undefined) {
        const next = this.#readHeader(bytes, at, last);
        if (next < 0) {
          this.#pending = bytes.slice(at);
          break;
        }
        at = next;
      } else {
        const take = Math.min(this.#remaining, bytes.length - at);
        this.#keep(bytes, at, take);
        at += take;
        this.#remaining -= take;
      }
      const open = last && at === bytes.length;
      if (this.#header !== undefined && this.#remaining === 0 && !open) this.#finishRecord(undefined);
    }
    this.#position += bytes.length;
  }

  /**
   * The current member is cut or damaged up to the next one. The record that is open, or the last one that
   * was read from the member, takes the blame; without one the damage is an item of its own.
   */
  damage(damage: ArchiveDamage): void {
    const { reason } = damage;
    const rest = this.#header !== undefined || this.#pending.length > 0;
    // A checksum speaks of all that was read; a cut is explained by what it left unfinished.
    const blamed = this.#held !== undefined && (reason === 'corrupt' || !rest);
    if (this.#held !== undefined && blamed) this.#held = { ...this.#held, damage: reason };
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
    if (this.#pending.length > 0) {
      const pending = this.#pending;
      this.#pending = new Uint8Array(0);
      this.#position -= pending.length;
      this.#consume(pending, true);
    }
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

  /** Returns the index after the header (or after a skipped line), or -1 when more bytes are needed. */
  #readHeader(bytes: Uint8Array, start: number, last: boolean): number {
    let at = start;
    while (at < bytes.length && (bytes[at] === newline || bytes[at] === carriageReturn)) at++;
    if (at === bytes.length) return at;
    const lineEnd = bytes.indexOf(newline, at);
    if (lineEnd < 0) {
      if (bytes.length - at < headerLimit && !last) return -1;
      return this.#skip(bytes, at, bytes.length, 'a line that never ends where a record should start');
    }
    const line = text.decode(bytes.subarray(at, lineEnd)).replace(/\r+$/, '');
    if (isWarcStart(line)) {
      const lines = [line];
      let from = lineEnd + 1;
      for (;;) {
        const end = bytes.indexOf(newline, from);
        if (end < 0) {
          if (bytes.length - at < headerLimit && !last) return -1;
          return this.#skip(bytes, at, lineEnd + 1, 'a WARC header without an end');
        }
        const field = text.decode(bytes.subarray(from, end)).replace(/\r+$/, '');
        from = end + 1;
        if (field === '') break;
        lines.push(field);
      }
      const header = parseWarcHeader(lines);
      if (header === undefined) {
        return this.#skip(bytes, at, from, 'a WARC header without a valid Content-Length');
      }
      return this.#open(header, at, from);
    }
    if (isArcStart(line)) {
      const header = parseArcHeader(line);
      if (header === undefined)
        return this.#skip(bytes, at, lineEnd + 1, 'an ARC header with a negative length');
      return this.#open(header, at, lineEnd + 1);
    }
    return this.#skip(bytes, at, lineEnd + 1, 'bytes that are no record header');
  }

  #open(header: ArchiveHeader, at: number, next: number): number {
    this.#release();
    this.#closeDamage();
    this.#header = header;
    this.#headerOffset = this.#offset(at);
    this.#remaining = header.contentLength;
    this.#block = [];
    return next;
  }

  #skip(bytes: Uint8Array, from: number, to: number, message: string): number {
    this.#damage ??= { offset: this.#offset(from), bytes: 0, message };
    this.#damage.bytes += Math.min(to, bytes.length) - from;
    return to;
  }

  #closeDamage(): void {
    if (this.#damage === undefined) return;
    this.#items.push({ kind: 'damage', damage: { reason: 'corrupt', ...this.#damage } });
    this.#damage = undefined;
  }

  #keep(bytes: Uint8Array, from: number, count: number): void {
    if ((this.#header?.contentLength ?? 0) > this.#maxRecordBytes || count === 0) return;
    this.#block.push(bytes.slice(from, from + count));
  }

  #finishRecord(damage: 'truncated' | 'corrupt' | undefined): void {
    const header = this.#header;
    if (header === undefined) return;
    const tooLarge = header.contentLength > this.#maxRecordBytes;
    const block = this.#block.length === 1 ? this.#block[0]! : concatBytes(this.#block);
    this.#release();
    this.#held = {
      ...header,
      block,
      tooLarge,
      damage,
      offset: this.#headerOffset,
    };
    if (this.#memberOffset === undefined) this.#release();
    this.#header = undefined;
    this.#block = [];
    this.#remaining = 0;
  }
}

function startsLikeRecord(bytes: Uint8Array): boolean {
  const end = bytes.indexOf(newline);
  const line = text
    .decode(bytes.subarray(0, end < 0 ? Math.min(bytes.length, 2048) : end))
    .replace(/\r+$/, '');
  return isWarcStart(line) || isArcStart(line);
}
