/**
 * First 64 bits of a SHA-1 (FIPS 180-4), little-endian, as datatrove hashes shingles. Written out because the
 * root of this package runs in browsers, where SHA-1 is only to be had as a promise.
 */
const schedule = new Int32Array(80);

/** Low and high word of the first eight bytes of the digest, read little-endian, into `target` at `at`. */
export function sha1Words(bytes: Uint8Array, length: number, target: Int32Array, at: number): void {
  let [a0, b0, c0, d0, e0] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476, 0xc3d2e1f0 | 0];
  const blocks = ((length + 8) >>> 6) + 1;
  for (let block = 0; block < blocks; block++) {
    for (let word = 0; word < 16; word++) {
      const from = block * 64 + word * 4;
      let value = 0;
      for (let byte = 0; byte < 4; byte++) {
        const place = from + byte;
        const next = place < length ? bytes[place]! : place === length ? 0x80 : 0;
        value = (value << 8) | next;
      }
      schedule[word] = value;
    }
    if (block === blocks - 1) {
      schedule[14] = Math.floor(length / 0x20000000);
      schedule[15] = length << 3;
    }
    for (let word = 16; word < 80; word++) {
      const mixed = schedule[word - 3]! ^ schedule[word - 8]! ^ schedule[word - 14]! ^ schedule[word - 16]!;
      schedule[word] = (mixed << 1) | (mixed >>> 31);
    }
    let [a, b, c, d, e] = [a0, b0, c0, d0, e0];
    for (let round = 0; round < 80; round++) {
      let mixed: number;
      if (round < 20) mixed = ((b & c) | (~b & d)) + 0x5a827999;
      else if (round < 40) mixed = (b ^ c ^ d) + 0x6ed9eba1;
      else if (round < 60) mixed = ((b & c) | (b & d) | (c & d)) - 0x70e44324;
      else mixed = (b ^ c ^ d) - 0x359d3e2a;
      const next = (((a << 5) | (a >>> 27)) + mixed + e + schedule[round]!) | 0;
      e = d;
      d = c;
      c = (b << 30) | (b >>> 2);
      b = a;
      a = next;
    }
    a0 = (a0 + a) | 0;
    b0 = (b0 + b) | 0;
    c0 = (c0 + c) | 0;
    d0 = (d0 + d) | 0;
    e0 = (e0 + e) | 0;
  }
  target[at] = swap(a0);
  target[at + 1] = swap(b0);
}

function swap(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}
