/** Guesses the encoding of bytes that declare none, with `chardet` (n-gram statistics, after ICU). */
import chardet from 'chardet';

/** A label, or undefined when nothing fits well. Looks at 64 KiB. */
export function detectCharset(bytes: Uint8Array): string | undefined {
  const best = chardet.analyse(bytes.subarray(0, 65_536))[0];
  return best === undefined || best.confidence < 10 ? undefined : best.name;
}
