/** Counted pieces as flat arrays: what workers hand over, and what the counting phase saves to be resumed. */
import { LlmError } from '@llm/core';

export interface PieceCounts {
  /** All pieces end to end. */
  readonly bytes: Uint8Array;
  /** [pieces] */
  readonly lengths: Int32Array;
  /** [pieces] */
  readonly counts: Float64Array;
  /** UTF-8 bytes of the text counted. */
  readonly textBytes: number;
}

export interface CountingSnapshot {
  readonly counts: PieceCounts;
  /** Documents counted: as many are skipped when counting resumes. */
  readonly documents: number;
  readonly pattern: string;
}

const kind = 'llm/piece-counts';

/** Little-endian: u32 length of a JSON header, the header padded to 8 bytes, counts, lengths, bytes. */
export function writeSnapshot({ counts, documents, pattern }: CountingSnapshot): Uint8Array {
  const { bytes, lengths, textBytes } = counts;
  const header = JSON.stringify({
    kind,
    version: 1,
    documents,
    pattern,
    textBytes,
    pieces: lengths.length,
    bytes: bytes.length,
  });
  const encoded = new TextEncoder().encode(header.padEnd(header.length + ((4 - header.length) & 7), ' '));
  const padding = (8 - ((encoded.length + 4) & 7)) & 7;
  const start = 4 + encoded.length + padding;
  const file = new Uint8Array(start + lengths.length * 12 + bytes.length);
  new DataView(file.buffer).setUint32(0, encoded.length + padding, true);
  file.fill(32, 4, start);
  file.set(encoded, 4);
  file.set(new Uint8Array(counts.counts.buffer, counts.counts.byteOffset, lengths.length * 8), start);
  file.set(
    new Uint8Array(lengths.buffer, lengths.byteOffset, lengths.length * 4),
    start + lengths.length * 8,
  );
  file.set(bytes, start + lengths.length * 12);
  return file;
}

/**
 * Throws `tokenizer/snapshot-invalid` for anything that
 * `writeSnapshot` did not write, and for another pattern's counts.
 */
export function readSnapshot(file: Uint8Array, pattern: string): CountingSnapshot {
  const invalid = (problem: string): LlmError =>
    new LlmError({
      code: 'tokenizer/snapshot-invalid',
      message: `The saved counts ${problem}; count again without them.`,
    });
  const headerLength = file.length < 4 ? 0 : new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  if (headerLength === 0 || headerLength + 4 > file.length || headerLength > 1 << 20)
    throw invalid('are cut short');
  let header: Record<string, unknown>;
  try {
    header = JSON.parse(new TextDecoder().decode(file.subarray(4, 4 + headerLength))) ?? {};
  } catch {
    throw invalid('do not begin with a header');
  }
  if (header.kind !== kind || header.version !== 1) throw invalid('are not of this kind and version');
  if (header.pattern !== pattern) throw invalid('were made with another pattern');
  const { pieces, bytes, documents, textBytes } = header as Record<string, number>;
  const start = 4 + headerLength;
  if (![pieces, bytes, documents, textBytes].every((count) => Number.isSafeInteger(count) && count! >= 0))
    throw invalid('have no counts');
  if (file.length !== start + pieces! * 12 + bytes!) throw invalid('are cut short');
  // Not `slice`: that of a Buffer, which files are read as, copies nothing.
  const body = new Uint8Array(file.subarray(start));
  const counts: PieceCounts = {
    counts: new Float64Array(body.buffer, 0, pieces),
    lengths: new Int32Array(body.buffer, pieces! * 8, pieces),
    bytes: body.subarray(pieces! * 12),
    textBytes: textBytes!,
  };
  const fits = counts.lengths.every((length) => length >= 0) && counts.counts.every((count) => count >= 0);
  if (!fits || counts.lengths.reduce((sum, length) => sum + length, 0) !== bytes)
    throw invalid('do not add up');
  return { counts, documents: documents!, pattern };
}
