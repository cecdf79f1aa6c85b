import { basename, dirname } from 'node:path';

/** Short unique names of files: base names, with directories before them where it takes some. */
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
