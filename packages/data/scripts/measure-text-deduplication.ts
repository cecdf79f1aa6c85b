/**
 * What looking for repeated sentences or stretches of bytes costs, phase by phase, in processor seconds,
 * bytes on disk and the peak memory of the process:
 * `npx tsx scripts/measure-text-deduplication.ts sentences|substrings TEXTS.jsonl DIRECTORY [MINIMUM_BYTES]`.
 * `DIRECTORY/data/shard-*.jsonl.gz` is what is left.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DirectoryStore } from '@llm/core/node';
import { phaseNames } from '../src/node/pipeline/phases.js';
import { runDataPipeline } from '../src/node/pipeline/run-data-pipeline.js';

const [what = 'sentences', path = '', directory = '', minimumBytes = '100'] = process.argv.slice(2);
const texts =
  what === 'sentences'
    ? { sentences: true }
    : { substrings: { minimumBytes: Number(minimumBytes), keep: 'none' as const, minimumWords: 0 } };

function bytesOf(folder: string, filter: (name: string) => boolean): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(filter)
    .reduce(
      (sum, name) => sum + (statSync(join(folder, name)).isFile() ? statSync(join(folder, name)).size : 0),
      0,
    );
}

process.stdout.write(`${what}: ${(statSync(path).size / 1e6).toFixed(1)} MB of JSON lines\n`);
for (const phase of phaseNames) {
  const before = process.cpuUsage();
  const report = await runDataPipeline({
    inputs: [{ kind: 'jsonl', path }],
    store: new DirectoryStore(directory),
    prefix: 'data',
    steps: [],
    pii: false,
    deduplication: { minhash: false, exact: false, ...texts },
    phase,
  });
  const { user, system } = process.cpuUsage(before);
  const bytes = bytesOf(
    directory,
    (name) => name.includes(`/${phase}/`) || name.includes(`/${phase.split('-')[0]}/range`),
  );
  const mebibytes = (process.resourceUsage().maxRSS / 1024).toFixed(0);
  const seconds = ((user + system) / 1e6).toFixed(2).padStart(8);
  const left = report === undefined ? '' : JSON.stringify([report.kept, report.removed]);
  process.stdout.write(
    `${phase.padEnd(18)} ${seconds} s ${(bytes / 1e6).toFixed(1)} MB ${mebibytes} MiB ${left}\n`,
  );
}
