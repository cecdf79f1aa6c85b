/**
 * Where a large compressed crawl file can be cut: at gzip members that open a record. The places follow from
 * the file and `pieceBytes` alone, and a reader that stops at one place and another that starts there see
 * what one reader of the whole file sees. A file that is plain, or one large member, stays whole.
 */
import { constants, inflateRawSync } from 'node:zlib';
import { LlmError } from '@llm/core';
import { opensRecord } from '../archive/opens-record.js';
import { openSource } from '../storage/open-storage.js';
import { gzipHeaderLength } from './gzip-header.js';
import type { ByteRange } from './input-file.js';

const windowBytes = 1 << 20;

/**
 * Pieces that cover the file in order: each starts at the first such member from a multiple of `pieceBytes`.
 */
export async function splitAtMembers(path: string, size: number, pieceBytes: number): Promise<ByteRange[]> {
  if (size < pieceBytes * 2) return [{ start: 0, end: size }];
  const source = await openSource(path);
  const read = async (offset: number, length = windowBytes): Promise<Buffer> => {
    const bytes = await source.read(offset, length);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  // Of a server that gives no parts the file is read as a whole.
  const magic = await read(0, 2).catch((error: unknown) => {
    if (LlmError.isInstance(error) && error.code === 'data/storage-no-ranges') return Buffer.alloc(2);
    throw error;
  });
  if (magic[0] !== 0x1f || magic[1] !== 0x8b) return [{ start: 0, end: size }];
  const starts = [0];
  // A last piece of less than half the size joins the one before.
  for (let boundary = pieceBytes; boundary <= size - pieceBytes / 2; boundary += pieceBytes) {
    if (boundary <= starts[starts.length - 1]!) continue;
    const start = await memberFrom(read, boundary, size);
    if (start !== undefined && start > starts[starts.length - 1]!) starts.push(start);
    if (start === undefined) break;
  }
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? size }));
}

async function memberFrom(
  read: (offset: number) => Promise<Buffer>,
  from: number,
  size: number,
): Promise<number | undefined> {
  // Windows overlap, so that the head of a member is seen whole in one of them.
  for (let offset = from; offset < size; offset += windowBytes - 8192) {
    const bytes = await read(offset);
    for (let at = bytes.indexOf(0x1f); at >= 0; at = bytes.indexOf(0x1f, at + 1))
      if (bytes[at + 1] === 0x8b && isRecordMember(bytes.subarray(at, at + 8192))) return offset + at;
  }
  return undefined;
}

function isRecordMember(bytes: Uint8Array): boolean {
  const headerLength = gzipHeaderLength(bytes.subarray(0, 1024));
  if (headerLength === undefined) return false;
  try {
    const piece = bytes.subarray(headerLength, headerLength + 1024);
    return opensRecord(inflateRawSync(piece, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, 512));
  } catch {
    return false;
  }
}
