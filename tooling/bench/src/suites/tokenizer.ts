/**
 * The tokenizer against gpt-tokenizer, tiktoken (wasm and Python), js-tiktoken and Hugging Face `tokenizers`, and its training against
 * Hugging Face and rustbpe. Every library runs in a process of its own on the same documents. Rates are per processor second of one
 * thread, so that other work on the machine disturbs them less. BENCH_MEGABYTES (default 50) and BENCH_TRAIN_MEGABYTES (default 50)
 * set the sizes.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEncoding, toTokenizerJson } from '@llm/tokenizer';
import { installPeers, runPythonPeer } from '../peers/python.js';
import { tokenizerCorpus } from '../peers/tokenizer-corpus.js';
import { type BenchRow, benchRow } from '../row.js';

interface TextsReport {
  readonly version?: string;
  readonly tokens: number;
  readonly encodeRate: number;
  readonly decodeRate: number;
  readonly countRate?: number;
}
interface TrainReport {
  readonly version?: string;
  readonly wall: number;
  readonly processor: number;
  readonly megabytes: number;
  readonly vocabularySize: number;
}

const suite = 'tokenizer';
const require = createRequire(import.meta.url);
const script = fileURLToPath(new URL('../peers/tokenizer-javascript.mjs', import.meta.url));

export async function tokenizerSuite(): Promise<BenchRow[]> {
  // The build is what users load: bundled modules and generated vocabularies.
  execFileSync('npm', ['run', 'build', '-w', '@llm/core', '-w', '@llm/tokenizer'], { stdio: 'ignore' });
  const folder = mkdtempSync(join(tmpdir(), 'llm-bench-tokenizer-'));
  try {
    return [...(await texts(folder)), ...load(), ...worstCases(folder), ...training(folder)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const run = tokenizerSuite;

/** Undefined when the library is not installed or fails. */
function javascript<Report>(library: string, options: object): Report | undefined {
  try {
    const argument = JSON.stringify({ library, ...options });
    const output = execFileSync(process.execPath, ['--max-old-space-size=8000', script, argument], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 26,
    });
    return JSON.parse(output.trim().split('\n').at(-1)!) as Report;
  } catch {
    return undefined;
  }
}

const versionOf = (name: string): string => {
  try {
    return (
      require(join(dirname(require.resolve(`${name}/package.json`)), 'package.json')) as { version: string }
    ).version;
  } catch {
    return '';
  }
};

async function texts(folder: string): Promise<BenchRow[]> {
  const megabytes = Number(process.env.BENCH_MEGABYTES ?? 50);
  const { documents, source } = tokenizerCorpus(megabytes);
  const corpus = join(folder, 'documents.json');
  writeFileSync(corpus, JSON.stringify(documents));
  const tokenizerJson = join(folder, 'tokenizer.json');
  writeFileSync(tokenizerJson, toTokenizerJson(await loadEncoding('cl100k_base')));
  const ranks = genuineRanks();
  const task = { task: 'texts', corpus };
  const ours = javascript<TextsReport>('ours', task)!;
  const size = documents.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const what = `cl100k, one thread, ${(size / 1e6).toFixed(0)} MB of ${source} in documents of 100,000 characters`;
  const peers: [string, TextsReport | undefined, string][] = [
    [
      `gpt-tokenizer ${versionOf('gpt-tokenizer')}`,
      javascript('gpt-tokenizer', task),
      'npm install gpt-tokenizer',
    ],
    [`tiktoken (wasm) ${versionOf('tiktoken')}`, javascript('tiktoken', task), 'npm install tiktoken'],
    ['js-tiktoken', javascript('js-tiktoken', task), 'npm install js-tiktoken'],
    [
      'tiktoken (Python)',
      runPythonPeer('tokenizer_peers.py', { library: 'tiktoken', ranks, ...task }),
      installPeers,
    ],
    [
      'Hugging Face tokenizers',
      runPythonPeer('tokenizer_peers.py', { library: 'huggingface', tokenizerJson, ...task }),
      installPeers,
    ],
  ];
  const rows: BenchRow[] = [];
  for (const [name, peer, install] of peers) {
    const peerName = [name, peer?.version].filter(Boolean).join(' ');
    const notes =
      peer === undefined
        ? { note: install }
        : peer.tokens === ours.tokens
          ? {}
          : { note: `${peer.tokens} ids, ours ${ours.tokens}` };
    const common = { suite, case: what, unit: 'MB/s', peerName, higherIsBetter: true, ...notes };
    rows.push(
      benchRow({ ...common, metric: 'encode', ours: ours.encodeRate, peer: peer?.encodeRate ?? null }),
    );
    rows.push(
      benchRow({ ...common, metric: 'decode', ours: ours.decodeRate, peer: peer?.decodeRate ?? null }),
    );
    if (peer?.countRate !== undefined) {
      rows.push(benchRow({ ...common, metric: 'count', ours: ours.countRate!, peer: peer.countRate }));
    }
  }
  rows.push(
    benchRow({
      suite,
      case: what,
      metric: 'count',
      unit: 'MB/s',
      ours: ours.countRate!,
      peerName: 'our own encode',
      peer: ours.encodeRate,
      higherIsBetter: true,
    }),
  );
  return rows;
}

function genuineRanks(): string {
  const main = require.resolve('gpt-tokenizer');
  return join(
    main.slice(0, main.lastIndexOf('gpt-tokenizer') + 'gpt-tokenizer'.length),
    'data/cl100k_base.tiktoken',
  );
}

/** From nothing to the first ids: import, vocabulary, encoding of two words; median of fresh processes. */
function load(): BenchRow[] {
  const median = (library: string): number | null => {
    const times = Array.from(
      { length: 5 },
      () => javascript<{ loadMilliseconds: number }>(library, { task: 'load' })?.loadMilliseconds,
    );
    return times.includes(undefined) ? null : (times as number[]).sort((a, b) => a - b)[2]!;
  };
  const ours = median('ours')!;
  return ['gpt-tokenizer', 'tiktoken'].map((library) =>
    benchRow({
      suite,
      case: 'cl100k, import to first ids, fresh process',
      metric: 'load',
      unit: 'ms',
      ours,
      peerName: `${library} ${versionOf(library)}`,
      peer: median(library),
      higherIsBetter: false,
    }),
  );
}

function worstCases(folder: string): BenchRow[] {
  const bytes = Uint8Array.from({ length: 750_000 }, (_, i) => Math.imul(i, 2_654_435_761) >>> 13);
  const cases = {
    '1,000,000 × "x"': 'x'.repeat(1e6),
    '1 MB of base64': Buffer.from(bytes).toString('base64'),
    '1,000,000 spaces': ' '.repeat(1e6),
    '1,000,000 line breaks': '\n'.repeat(1e6),
  };
  const corpus = join(folder, 'worst.json');
  writeFileSync(corpus, JSON.stringify(cases));
  const task = { task: 'worst', corpus };
  const ours = javascript<Record<string, number>>('ours', task)!;
  const peer = runPythonPeer<Record<string, number> & { version: string }>('tokenizer_peers.py', {
    library: 'tiktoken',
    ranks: genuineRanks(),
    ...task,
  });
  return Object.keys(cases).map((name) =>
    benchRow({
      suite,
      case: `cl100k, ${name}`,
      metric: 'encode',
      unit: 's',
      ours: ours[name]!,
      peerName: 'tiktoken (Python)',
      peer: peer?.[name] ?? null,
      higherIsBetter: false,
      ...(peer === undefined ? { note: installPeers } : {}),
    }),
  );
}

function training(folder: string): BenchRow[] {
  const megabytes = Number(process.env.BENCH_TRAIN_MEGABYTES ?? 50);
  const { documents, source } = tokenizerCorpus(megabytes);
  const corpus = join(folder, 'train.json');
  writeFileSync(corpus, JSON.stringify(documents));
  const options = { task: 'train', corpus, threads: 2, vocabularySize: 32_768 };
  const ours = javascript<TrainReport>('ours', options)!;
  const size = documents.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const what = `vocabulary 32,768, ${(size / 1e6).toFixed(0)} MB of ${source}, 2 threads`;
  return (['huggingface', 'rustbpe'] as const).flatMap((library) => {
    const peer = runPythonPeer<TrainReport>('tokenizer_peers.py', { library, ...options });
    const name = library === 'rustbpe' ? 'rustbpe' : 'Hugging Face tokenizers';
    const common = {
      suite,
      case: what,
      peerName: [name, peer?.version].filter(Boolean).join(' '),
      higherIsBetter: false,
      ...(peer === undefined ? { note: installPeers } : {}),
    };
    return [
      benchRow({
        ...common,
        metric: 'training, wall time',
        unit: 's',
        ours: ours.wall,
        peer: peer?.wall ?? null,
      }),
      benchRow({
        ...common,
        metric: 'training, processor time',
        unit: 's',
        ours: ours.processor,
        peer: peer?.processor ?? null,
      }),
      benchRow({
        ...common,
        metric: 'training, peak memory (documents included)',
        unit: 'MB',
        ours: ours.megabytes,
        peer: peer?.megabytes ?? null,
      }),
    ];
  });
}
