/**
 * How long the corpus-wide phases take, and how much memory, for synthetic keys: `npx tsx
 * scripts/measure-deduplication.ts DOCUMENTS [DIRECTORY] [index]`. With `index` runs are merged, as they are
 * where there are many. One document in five shares buckets with an earlier one. Processor seconds by phase.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryStore } from '@llm/core/node';
import { createKeyMaker } from '../src/deduplication/document-keys.js';
import { wordBytes } from '../src/node/deduplication/record-file.js';
import { packRun } from '../src/node/deduplication/sorted-run.js';
import { writeJson } from '../src/node/pipeline/json-artifact.js';
import { phaseTasks, runTask } from '../src/node/pipeline/phases.js';
import type { RunContext } from '../src/node/pipeline/run-context.js';
import { partKey, readUnit, runDocuments } from '../src/node/pipeline/unit-files.js';
import { StepRunner } from '../src/pipeline/step-runner.js';

const documents = Number(process.argv[2] ?? 1_000_000);
const directory = process.argv[3] ?? mkdtempSync(join(tmpdir(), 'deduplication-'));
const store = new DirectoryStore(directory);
const units = Array.from({ length: Math.ceil(documents / runDocuments) }, (_, unit) => ({
  input: { kind: 'warc' as const, path: `${unit}.warc.gz` },
  file: `${unit}`,
  label: `${unit}`,
  range: { start: 0, end: 1 },
  place: `work/units/${String(unit).padStart(6, '0')}`,
}));
const keyMaker = createKeyMaker();
const context: RunContext = {
  store,
  keyMaker,
  runner: new StepRunner([]),
  plan: {
    ...{ fingerprint: '', prefix: 'data', work: 'work', units, limits: {}, pii: {} },
    deduplication: { index: process.argv[4] === 'index' },
    shardCharacters: 32 * 1024 * 1024,
    segmentItems: 1000,
  },
  onProgress: () => undefined,
  onWarning: () => undefined,
};

let state = 1;
const next = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) | 0;
  return Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) >>> 0;
};
/**
 * Keys are functions of these: a document and an earlier one have the same where they have the same source.
 */
const key = (source: number, bucket: number, word: number): number => {
  let mixed = Math.imul(source + 1, 0x9e3779b1) ^ Math.imul(bucket * 2 + word + 1, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39);
  return (mixed ^ (mixed >>> 15)) >>> 0;
};

const buckets = keyMaker.kinds.length;
for (const [unit, source] of units.entries()) {
  if ((await readUnit(store, source))?.done === true) continue;
  const first = unit * runDocuments;
  const count = Math.min(runDocuments, documents - first);
  const columns = Array.from({ length: buckets }, (_, bucket) => {
    const size = bucket < 14 ? count : 0;
    return { high: new Uint32Array(size), low: new Uint32Array(size), documents: new Uint32Array(size) };
  });
  const places = new Uint32Array(count * 2);
  for (let document = 0; document < count; document++) {
    places.set([document, 3000], document * 2);
    const number = first + document;
    const earlier = number % 5 === 4 ? next() % number : number;
    for (let bucket = 0; bucket < 14; bucket++) {
      const from = earlier !== number && (next() & 3) === 0 ? earlier : number;
      columns[bucket]!.high[document] = key(from, bucket, 0);
      columns[bucket]!.low[document] = key(from, bucket, 1);
      columns[bucket]!.documents[document] = document;
    }
  }
  await store.write(partKey(source.place, 'run', 0), packRun(columns));
  await store.write(partKey(source.place, 'places', 0), wordBytes(places));
  await store.write(`${source.place}/segments`, wordBytes(Uint32Array.of(count, count - 1, 0)));
  await writeJson(store, `${source.place}/unit.json`, { documents: count, droppedParts: 0, done: true });
}

for (const phase of ['merge', 'buckets', 'clusters'] as const) {
  const before = process.cpuUsage();
  const started = performance.now();
  const tasks = await phaseTasks(phase, context);
  for (let task = 0; task < tasks; task++) await runTask(phase, task, context);
  const { user, system } = process.cpuUsage(before);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const peak = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(
    `${phase}: ${tasks} tasks, ${((user + system) / 1e6).toFixed(1)} s of processor, ${seconds} s of wall clock, peak ${peak} MiB\n`,
  );
}
const shards = await store.read('work/shards.json');
const { duplicates } = JSON.parse(Buffer.from(shards).toString()) as { duplicates: number };
process.stdout.write(`${documents} documents, ${duplicates} duplicates\n`);
if (process.argv[3] === undefined) rmSync(directory, { recursive: true });
