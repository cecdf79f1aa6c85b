export interface ZstdFrameHeader {
  /** In bytes, with the magic number. */
  readonly length: number;
  /** Of what the frame inflates to, where it says so. */
  readonly contentSize: number | undefined;
  readonly hasChecksum: boolean;
  readonly hasDictionary: boolean;
}

const largestWindow = 128 << 20;

/** Reads the header of a frame (RFC 8878, 3.1.1.1) at the start of `bytes`, or says what is wrong with it. */
export function readFrameHeader(bytes: Buffer): ZstdFrameHeader | string {
  if (bytes.length < 6) return 'cut';
  const descriptor = bytes[4]!;
  if ((descriptor & 8) !== 0) return 'a reserved bit is set';
  const isSingle = (descriptor & 32) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 ? (isSingle ? 1 : 0) : 1 << sizeFlag;
  let at = isSingle ? 5 : 6;
  if (bytes.length < at + dictionaryBytes + sizeBytes) return 'cut';
  const dictionary = dictionaryBytes === 0 ? 0 : bytes.readUIntLE(at, dictionaryBytes);
  at += dictionaryBytes;
  const size =
    sizeBytes === 0
      ? undefined
      : sizeBytes === 8
        ? Number(bytes.readBigUInt64LE(at))
        : bytes.readUIntLE(at, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  const window = isSingle ? (size ?? 0) : windowSize(bytes[5]!);
  if (window > largestWindow) return `a window of ${window} bytes`;
  return {
    length: at + sizeBytes,
    contentSize: size,
    hasChecksum: (descriptor & 4) !== 0,
    hasDictionary: dictionary !== 0,
  };
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}
