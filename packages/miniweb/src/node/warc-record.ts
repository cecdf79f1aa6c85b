/**
 * WARC/1.1 records (ISO 28500:2017), each a gzip member of its own so that a
 * reader can seek to it. Digests are SHA-1 in base 32 over the bytes as stored,
 * record ids are derived from seed and page: the same web is the same bytes.
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { createRandom } from '@llm/core';

export interface WarcRecord {
  readonly type: 'warcinfo' | 'request' | 'response' | 'revisit' | 'metadata';
  readonly id: string;
  readonly date: string;
  /** Fields besides type, id, date, block digest and length, in order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly block: Uint8Array;
}

export function warcRecord(record: WarcRecord): Uint8Array {
  const fields = [
    ['WARC-Type', record.type],
    ['WARC-Record-ID', record.id],
    ['WARC-Date', record.date],
    ...record.fields,
    ['WARC-Block-Digest', digest(record.block)],
    ['Content-Length', String(record.block.length)],
  ];
  const head = `WARC/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return gzipMember(Buffer.concat([Buffer.from(head, 'utf8'), record.block, Buffer.from('\r\n\r\n')]));
}

/** `<urn:uuid:…>`, version 4 in form, the same for the same seed, page and record. */
export function recordId(seed: number | string, ...path: readonly (number | string)[]): string {
  const random = createRandom(seed, 'miniweb-record', ...path);
  const hex = Array.from({ length: 4 }, () => random.uint32().toString(16).padStart(8, '0')).join('');
  const variant = '89ab'[Number.parseInt(hex[16]!, 16) % 4]!;
  return `<urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}>`;
}

/** `sha1:` and the digest in base 32 (RFC 4648, no padding needed for 160 bits). */
export function digest(bytes: Uint8Array): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of createHash('sha1').update(bytes).digest()) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return `sha1:${text}`;
}

/** zlib writes the operating system into byte 9; "unknown" makes the bytes the same everywhere. */
export function gzipMember(bytes: Uint8Array): Uint8Array {
  const member = gzipSync(bytes, { level: 6 });
  member[9] = 255;
  return member;
}
