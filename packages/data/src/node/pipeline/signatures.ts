/** Signatures of many documents in one blob: a byte each (has one or not), then little-endian numbers. */
export function packSignatures(signatures: readonly (Int32Array | undefined)[], buckets: number): Uint8Array {
  const width = buckets * 8;
  const bytes = new Uint8Array(signatures.length * (1 + width));
  const view = new DataView(bytes.buffer);
  signatures.forEach((signature, index) => {
    if (signature === undefined) return;
    bytes[index] = 1;
    signature.forEach((value, at) => {
      view.setInt32(signatures.length + index * width + at * 4, value, true);
    });
  });
  return bytes;
}

/** Reads what `packSignatures` wrote. */
export function unpackSignatures(bytes: Uint8Array, buckets: number): (Int32Array | undefined)[] {
  const width = buckets * 8;
  const count = bytes.length / (1 + width);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, index) =>
    bytes[index] === 0
      ? undefined
      : Int32Array.from({ length: buckets * 2 }, (__, at) =>
          view.getInt32(count + index * width + at * 4, true),
        ),
  );
}
