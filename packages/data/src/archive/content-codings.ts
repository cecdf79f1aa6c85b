/**
 * Undoes the content codings of an HTTP body, whatever its `Content-Encoding` says: archivers keep the field
 * of a body that they stored decoded, servers label text as gzip, gzip as deflate and a character set as a
 * coding. The magic number decides where there is one; deflate and br, which have none, are tried when they
 * are named and the body does not read as text. A body that cannot be decoded is taken as it is, as warcio
 * does, unless that would make a page of noise.
 */
import { utf16ByZeros } from '../charset/utf-evidence.js';

export type Decompress = (bytes: Uint8Array, coding: string) => Uint8Array | 'too-large' | undefined;

/** Servers compress twice by mistake; nobody does it more often. */
const mostLayers = 4;

export function undoContentCodings(
  body: Uint8Array,
  contentEncoding: string,
  decompress: Decompress | undefined,
): Uint8Array | 'too-large' | 'corrupt' {
  const named = contentEncoding
    .toLowerCase()
    .split(',', 8)
    .map((name) => name.trim().replace(/^x-/, ''))
    .reverse();
  let bytes = body;
  for (let layer = 0; layer < mostLayers && bytes.length > 0; layer++) {
    const coding = codingOf(bytes, named);
    if (coding === undefined) break;
    const decoded = decompress?.(bytes, coding);
    if (decoded === 'too-large') return decoded;
    const at = named.indexOf(coding);
    if (at >= 0) named.splice(at, 1);
    if (decoded === undefined || decoded.length === 0) {
      if (coding === 'gzip' || coding === 'zstd' || isNoise(bytes)) return 'corrupt';
      continue;
    }
    bytes = decoded;
  }
  const undone = named.some((name) => compressions.has(name));
  return undone && isNoise(bytes) ? 'corrupt' : bytes;
}

const compressions = new Set(['gzip', 'deflate', 'br', 'zstd', 'compress']);

function codingOf(bytes: Uint8Array, named: readonly string[]): string | undefined {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) return 'gzip';
  if (bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd) return 'zstd';
  if (!isNoise(bytes)) return undefined;
  const zlib = (bytes[0]! & 0x8f) === 8 && ((bytes[0]! << 8) | (bytes[1] ?? 0)) % 31 === 0;
  if (zlib && named.length > 0) return 'deflate';
  return named.find((name) => name === 'deflate' || name === 'br');
}

/** Control characters are in no text, and in one of eight bytes of what is compressed. */
function isNoise(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 512);
  if (utf16ByZeros(sample) !== undefined) return false;
  let controls = 0;
  for (const byte of sample) {
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) controls++;
  }
  return controls * 50 > sample.length;
}
