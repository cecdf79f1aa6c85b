/**
 * The studio's page: how it begins, the tokenizer room at a megabyte, many curves, training in the page, and
 * the run's model decoding in a page beside wllama and transformers.js. LLM_STUDIO_RUN is a finished run;
 * BENCH_STUDIO names parts (beginning, tokenizer, curves, training, decode; default all), BENCH_THREADS
 * threads of decoding.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { findChromium } from '@llm/build/chromium';
import { DirectoryStore } from '@llm/core/node';
import { loadCheckpoint } from '@llm/model';
import { exportOnnx, writeGguf } from '@llm/model/export';
import { fromTokenizerJson, toGgufTokenizer } from '@llm/tokenizer';
import { peerVersion, runNodePeer } from '../peers/node.js';
import { installPeers } from '../peers/python.js';
import { writeTask } from '../peers/training-task.js';
import { type BenchRow, benchRow } from '../row.js';
import { openStudio } from '../studio/open-studio.js';
import {
  measureBeginning,
  measurePanning,
  measureTraining,
  measureTyping,
  writeRuns,
} from '../studio/page-measures.js';
import type { TrainingResult } from '../training-run.js';
import { describe, smallTask, trainInTab } from './browser.js';
import { decodeInPage, type PageDecoding } from './page.js';

const parts = (process.env.BENCH_STUDIO ?? 'beginning,tokenizer,curves,training,decode').split(',');
const threads = Number(process.env.BENCH_THREADS ?? 2);
const dist = fileURLToPath(new URL('../../../../apps/studio/dist/', import.meta.url));

/** A bar instead of a peer. */
const bar = (
  where: string,
  metric: string,
  unit: string,
  [ours, goal]: readonly [number, number],
  higherIsBetter = false,
  note?: string,
): BenchRow =>
  benchRow({
    suite: 'studio',
    case: where,
    metric,
    unit,
    ours,
    peerName: 'bar',
    peer: goal,
    higherIsBetter,
    note,
  });

const longest = (tasks: readonly number[]): string =>
  `${tasks.length} tasks over 50 ms${tasks.length > 0 ? `, the longest ${Math.max(...tasks).toFixed(0)} ms` : ''}`;

export async function studioSuite(): Promise<BenchRow[]> {
  const chromium = findChromium('The bench of the studio');
  const run = process.env.LLM_STUDIO_RUN;
  if (chromium === undefined || run === undefined) {
    console.error('studio: needs Chromium, a built page (npm run build -w apps/studio) and LLM_STUDIO_RUN');
    return [];
  }
  const directory = mkdtempSync(join(tmpdir(), 'llm-bench-'));
  try {
    const rows: BenchRow[] = [];
    if (parts.some((part) => part !== 'decode')) rows.push(...(await pageRows(chromium, run, directory)));
    if (parts.includes('training')) rows.push(...(await trainingRows(chromium, directory)));
    if (parts.includes('decode')) rows.push(...(await decodeRows(chromium, run, directory)));
    return rows;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function pageRows(chromium: string, run: string, directory: string): Promise<BenchRow[]> {
  const runs = parts.includes('curves') ? writeRuns(directory, 20, 100_000) : [];
  const studio = await openStudio(chromium, [run, ...runs]);
  const rows: BenchRow[] = [];
  try {
    if (parts.includes('beginning')) {
      const { firstPaintSeconds, interactiveSeconds } = await measureBeginning(studio);
      rows.push(bar('from loopback', 'first paint', 's', [firstPaintSeconds, 1]));
      rows.push(bar('from loopback', 'interactive', 's', [interactiveSeconds, 2]));
      rows.push(bar('scripts of the page before a room', 'gzip', 'kB', [initialKilobytes(), 150]));
    }
    if (parts.includes('tokenizer')) {
      const text = readFileSync(join(run, 'events.jsonl'), 'utf8').slice(0, 50_000).repeat(20);
      const { encodeMilliseconds, longTasks } = await measureTyping(studio, text);
      const where = `tokenizer room, ${text.length.toLocaleString('en')} characters, cl100k`;
      rows.push(
        bar(
          where,
          'a key: encoding, off the main thread',
          'ms',
          [encodeMilliseconds, 60],
          false,
          longest(longTasks),
        ),
      );
      rows.push(bar(where, 'longest task while typing', 'ms', [Math.max(0, ...longTasks), 50]));
    }
    if (parts.includes('curves')) {
      const { framesPerSecond, longestMilliseconds, longTasks } = await measurePanning(
        studio,
        runs.map((path) => basename(path)),
      );
      const note = `the longest between two frames ${longestMilliseconds.toFixed(0)} ms; ${longest(longTasks)}`;
      rows.push(bar('20 runs × 100,000 points, panned', 'frames', '1/s', [framesPerSecond, 60], true, note));
    }
    if (parts.includes('training')) {
      const { tokensPerSecond, steps, longTasks } = await measureTraining(studio, 20);
      const note = `${tokensPerSecond} tokens/s at step ${steps}; ${longest(longTasks)}`;
      rows.push(
        bar(
          'the room trains its default model',
          'longest task of the main thread',
          'ms',
          [Math.max(0, ...longTasks), 50],
          false,
          note,
        ),
      );
    }
  } finally {
    await studio.close();
  }
  return rows;
}

function initialKilobytes(): number {
  const page = readFileSync(`${dist}index.html`, 'utf8');
  const names = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, name]) => name!);
  return names.reduce((sum, name) => sum + gzipSync(readFileSync(dist + name)).length, 0) / 1000;
}

/** WebAssembly, one thread each, the model and size of the suite `browser`; jax-js runs in Node. */
async function trainingRows(chromium: string, directory: string): Promise<BenchRow[]> {
  const query = (task: object): URLSearchParams =>
    new URLSearchParams({ task: JSON.stringify(task), provider: 'wasm', threads: '1' });
  const ours = await trainInTab(chromium, 'ours', query(smallTask));
  const where = `${describe(smallTask)}, WebAssembly, 1 thread`;
  const row = (peerName: string, peer: TrainingResult | undefined, note?: string): BenchRow =>
    benchRow({
      ...{ suite: 'studio', case: where, metric: 'training rate', unit: 'tokens/s' },
      ...{ ours: ours.tokensPerSecond, peerName, peer: peer?.tokensPerSecond ?? null, higherIsBetter: true },
      note: peer === undefined ? installPeers : note,
    });
  const tfjs = peerVersion('gpt-tfjs');
  const jax = peerVersion('@jax-js/jax');
  const task = join(directory, 'task');
  writeTask(task, { ...smallTask, steps: 2, warmUp: 1 });
  return [
    row(
      `gpt-tfjs ${tfjs ?? ''}`,
      tfjs === undefined
        ? undefined
        : await trainInTab(chromium, 'gpt-tfjs', query({ ...smallTask, steps: 2, warmUp: 1 })),
      'GPT-2 shape, its own tokens',
    ),
    row(
      `jax-js ${jax ?? ''}, in Node`,
      jax === undefined ? undefined : runNodePeer<TrainingResult>('train-jax.mjs', task),
      'the same model and tokens',
    ),
  ];
}

/** The run's base model as it is, float32, in one page each. */
async function decodeRows(chromium: string, run: string, directory: string): Promise<BenchRow[]> {
  const { config, snapshot, tokenizerFiles, specialTokens } = await loadCheckpoint(
    new DirectoryStore(run),
    'pretrain/model',
  );
  const { parameters } = snapshot;
  const tokenizer = fromTokenizerJson(new TextDecoder().decode(tokenizerFiles['tokenizer.json']));
  const end = [specialTokens.eos].flat()[0] ?? 0;
  const gguf = { config, parameters, tokenizer: toGgufTokenizer(tokenizer), specialTokens: { eos: end } };
  writeFileSync(join(directory, 'run.gguf'), writeGguf(gguf));
  await exportOnnx(new DirectoryStore(directory), 'folder', {
    ...{ config, parameters, tokenizerFiles, specialTokens, dtypes: ['fp32'] },
  });
  const text = 'The river runs through the town';
  const query = { prompt: JSON.stringify({ text, ids: [...tokenizer.encode(text)] }), end: `${end}` };
  const decode = (engine: string, model: string, dtype: string): Promise<PageDecoding> =>
    decodeInPage(chromium, directory, { ...query, engine, model: `/models/${model}`, dtype });
  const ours = await decode('ours', 'run.gguf', 'float32');
  const peers = [
    ['wllama 3.13.0', await decode('wllama', 'run.gguf', '')],
    ['transformers.js 4.3.1', await decode('transformers.js', 'folder', 'fp32')],
  ] as const;
  const millions = [...parameters.values()].reduce((sum, { data }) => sum + data.length, 0) / 1e6;
  const where = `the run's base model, ${millions.toFixed(1)} M, float32, WebAssembly, ${threads} threads`;
  return peers.flatMap(([peerName, peer]) =>
    (
      [
        ['rate', 'decode'],
        ['undisturbedRate', 'decode, the fastest tenth of tokens'],
      ] as const
    ).map(([key, metric]) =>
      benchRow({
        ...{ suite: 'studio', case: where, metric, unit: 'tokens/s', ours: ours[key], peerName },
        ...{ peer: peer[key], higherIsBetter: true },
        note: `${ours.tokens} and ${peer.tokens} tokens`,
      }),
    ),
  );
}
