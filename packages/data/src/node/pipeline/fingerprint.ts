/** What decides the output: the options and the inputs. A changed fingerprint means that earlier work is not reused. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** SHA-256 of a value's JSON; sets and other iterables count as lists, functions do not count. */
export function fingerprint(value: unknown): string {
  const json = JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item) && Symbol.iterator in item
      ? [...(item as Iterable<unknown>)]
      : item,
  );
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

/** Short unique names of files: the base name, or as many directories before it as it takes to tell them apart. */
export function inputLabels(paths: readonly string[]): string[] {
  const labels = paths.map((path) => basename(path));
  const parents = paths.map((path) => dirname(path));
  for (;;) {
    const counts = new Map<string, number>();
    for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
    let changed = false;
    labels.forEach((label, index) => {
      const parent = parents[index]!;
      if (counts.get(label) === 1 || basename(parent) === '' || basename(parent) === '.') return;
      labels[index] = `${basename(parent)}/${label}`;
      parents[index] = dirname(parent);
      changed = true;
    });
    if (changed) continue;
    const seen = new Map<string, number>();
    return labels.map((label) => {
      const times = seen.get(label) ?? 0;
      seen.set(label, times + 1);
      return times === 0 ? label : `${label}~${times}`;
    });
  }
}
