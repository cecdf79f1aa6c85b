/** Our steps on the files of the suite `data`: prints seconds of a processor as JSON. */
import { readFileSync } from 'node:fs';
import { MemoryStore } from '@llm/core/stores';
import {
  c4Quality,
  createMinhasher,
  fineWebQuality,
  gopherQuality,
  gopherRepetition,
  Page,
  type PageStep,
} from '@llm/data';
import { loadSteps, runDataPipeline } from '@llm/data/node';

export interface DataTask {
  readonly warc: string;
  /** A line `{ text }` a document. */
  readonly texts: string;
  /** How often each is gone through: the first times warm up what compiles as it runs. */
  readonly times: number;
  /** Threads of a run of the pipeline alone; without it filters, MinHash and the pipeline in this thread. */
  readonly workers?: number | undefined;
}

export interface DataSeconds {
  readonly filters?: number | undefined;
  readonly minhash?: number | undefined;
  readonly pipeline: number;
  readonly wall: number;
  readonly kept: number;
}

const { warc, texts, times, workers = 0 } = JSON.parse(process.argv[2]!) as DataTask;

function processor(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Mean of all times: a step compiles while it runs, and what that takes is part of it. */
function seconds(work: () => void): number {
  const before = processor();
  for (let time = 0; time < times; time++) work();
  return (processor() - before) / times;
}

const result: { -readonly [Name in keyof DataSeconds]: DataSeconds[Name] } = {
  pipeline: 0,
  wall: 0,
  kept: 0,
};
if (workers === 0) {
  const documents = readFileSync(texts, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { text: string }).text);
  const filters: PageStep[] = [gopherRepetition(), gopherQuality(), c4Quality(), fineWebQuality()];
  // All filters of a page, whatever the first of them says, share the words that one of them cut.
  result.filters = seconds(() => {
    for (const content of documents) {
      const page = new Page({ content });
      for (const step of filters) step.run(page);
    }
  });
  const minhasher = createMinhasher();
  result.minhash = seconds(() => {
    for (const text of documents) minhasher.signature(text);
  });
}
const steps = workers === 0 ? await loadSteps(undefined) : undefined;
const before = processor();
const start = performance.now();
const report = await runDataPipeline({
  inputs: Array.from({ length: times }, () => ({ kind: 'warc' as const, path: warc })),
  store: new MemoryStore(),
  prefix: 'data',
  steps,
  workers,
});
result.wall = (performance.now() - start) / 1000 / times;
result.pipeline = (processor() - before) / times;
result.kept = report.kept;
console.log(JSON.stringify(result));
