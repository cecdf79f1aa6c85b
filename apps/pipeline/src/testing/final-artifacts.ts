/** Digests of everything a finished run leaves that must not depend on when it was interrupted. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The log tells what happened when; the reports are compared without their times. */
const excluded = /^(events\.jsonl|run\.lock|report\.(json|md|html))$/;
const timeFields = new Set([
  ...['wallSeconds', 'cpuSeconds', 'otherCpuSeconds', 'processors', 'peakMemoryBytes', 'sessions'],
  'tokensPerSecond',
]);

/** Path below the run directory → SHA-256. */
export function finalArtifacts(directory: string): Map<string, string> {
  const digests = new Map<string, string>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(directory, path);
    if (entry.isFile() && !excluded.test(name)) digests.set(name, sha256(readFileSync(path)));
  }
  const report = JSON.parse(readFileSync(join(directory, 'report.json'), 'utf8')) as unknown;
  const timeless = JSON.stringify(report, (key, value: unknown) => (timeFields.has(key) ? undefined : value));
  digests.set('report.json without times', sha256(timeless));
  return digests;
}

/** Lines that say where two runs differ; none when they are the same. */
export function compareArtifacts(
  expected: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): string[] {
  const names = [...new Set([...expected.keys(), ...actual.keys()])].sort();
  return names.flatMap((name) => {
    if (!actual.has(name)) return [`${name}: missing`];
    if (!expected.has(name)) return [`${name}: should not be there`];
    return expected.get(name) === actual.get(name) ? [] : [`${name}: differs`];
  });
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
