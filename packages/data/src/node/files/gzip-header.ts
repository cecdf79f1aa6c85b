/** Length of the gzip header (RFC 1952) at the start of `bytes`; undefined when there is none. */
export function gzipHeaderLength(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) return undefined;
  const flags = bytes[3] ?? 0xff;
  if ((flags & 0xe0) !== 0) return undefined;
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    // Names and comments are short: without a limit a file of headers is searched to its end for each.
    const end = bytes.subarray(at, at + 65_536).indexOf(0);
    if (end < 0) return undefined;
    at += end + 1;
  }
  if ((flags & 2) !== 0) at += 2;
  return at <= bytes.length ? at : undefined;
}
