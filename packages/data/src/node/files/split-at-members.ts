/**
 * Where a large compressed crawl file can be cut: at gzip members that open a record. The places follow from
 * the file and `pieceBytes` alone, and a reader that stops at one place and another that starts there see
 * what one reader of the whole file sees. A file that is plain, or one large member, stays whole.
 */
import { open } from 'node:fs/promises';
import { opensRecord } from './gzip-members.js';
import type { ByteRange } from './input-file.js';

const windowBytes = 1 << 20;

/**
 * Pieces that cover the file in order: each starts at the first such member from a multiple of `pieceBytes`.
 */
export async function splitAtMembers(path: string, size: number, pieceBytes: number): Promise<ByteRange[]> {
  if (size < pieceBytes * 2) return [{ start: 0, end: size }];
  const starts = [0];
  const file = await open(path, 'r');
  try {
    const magic = Buffer.alloc(2);
    await file.read(magic, 0, 2, 0);
    if (magic.readUInt16LE(0) !== 0x8b1f) return [{ start: 0, end: size }];
    const read = async (offset: number): Promise<Buffer> => {
      const bytes = Buffer.alloc(Math.min(windowBytes, size - offset));
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    };
    // A last piece of less than half the size joins the one before.
    for (let boundary = pieceBytes; boundary <= size - pieceBytes / 2; boundary += pieceBytes) {
      if (boundary <= starts[starts.length - 1]!) continue;
      const start = await memberFrom(read, boundary, size);
      if (start !== undefined && start > starts[starts.length - 1]!) starts.push(start);
      if (start === undefined) break;
    }
  } finally {
    await file.close();
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
      if (bytes[at + 1] === 0x8b && opensRecord(bytes.subarray(at, at + 8192))) return offset + at;
  }
  return undefined;
}
