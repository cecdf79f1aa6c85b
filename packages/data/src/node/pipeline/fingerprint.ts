/** What decides the output: options and inputs. Under another fingerprint earlier work is not used. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** SHA-256 of a value's JSON; sets count as lists, functions do not count. */
export function fingerprint(value: unknown): string {
  const json = JSON.stringify(value, (_, item: unknown) => (item instanceof Set ? [...item] : item));
  return createHash('sha256').update(json).digest('hex');
}

/** Size and the first and last 64 KiB of a file: tells changed inputs apart without reading a crawl twice. */
export async function fileFingerprint(path: string, size: number): Promise<string> {
  const hash = createHash('sha256').update(String(size));
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(65_536);
    for (const position of [0, Math.max(0, size - buffer.length)]) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
