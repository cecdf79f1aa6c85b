/** A quantized fastText model (`.ftz`) of three words, labels and four dimensions, as fastText writes it. */
export function fastTextFile(): Uint8Array {
  const parts: Buffer[] = [];
  const int32 = (...values: number[]): void => void parts.push(Buffer.from(Int32Array.from(values).buffer));
  const int64 = (...values: number[]): void =>
    void parts.push(Buffer.from(BigInt64Array.from(values.map(BigInt)).buffer));
  const float32 = (count: number): void =>
    void parts.push(Buffer.from(Float32Array.from({ length: count }, (_, i) => Math.sin(i)).buffer));
  const byte = (...values: number[]): void => void parts.push(Buffer.from(values));
  const dimension = 4;
  const words = ['the', 'mill', '</s>'];
  const labels = ['en', 'de', 'fr'];
  const pruned = 5;
  const rows = words.length + pruned;
  const quantizer = (blocks: number, width: number): void => {
    int32(blocks * width, blocks, width, width);
    float32(256 * blocks * width);
  };
  // Magic and version, then the arguments: dim ws epoch minCount neg wordNgrams loss model bucket minn maxn
  // lrUpdateRate
  int32(793_712_314, 12, dimension, 5, 5, 1, 5, 1, 1, 3, 2000, 2, 4, 100);
  int64(0);
  int32(words.length + labels.length, words.length, labels.length);
  int64(100, pruned);
  for (const [entry, text] of [...words, ...labels.map((label) => `__label__${label}`)].entries()) {
    parts.push(Buffer.from(`${text}\0`));
    int64(10 - entry);
    byte(entry < words.length ? 0 : 1);
  }
  for (let entry = 0; entry < pruned; entry++) int32(entry * 7, entry);
  // The input layer: quantized, with norms; two blocks of two dimensions.
  byte(1, 1);
  int64(rows, dimension);
  int32(rows * 2);
  byte(...Array.from({ length: rows * 2 }, (_, i) => i));
  quantizer(2, 2);
  byte(...Array.from({ length: rows }, (_, i) => i));
  quantizer(1, 1);
  byte(0);
  int64(labels.length, dimension);
  float32(labels.length * dimension);
  return Buffer.concat(parts);
}
