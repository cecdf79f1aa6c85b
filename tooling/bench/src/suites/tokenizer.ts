/**
 * The tokenizer against gpt-tokenizer, tiktoken (wasm and Python), js-tiktoken, hypertok and Hugging Face
 * `tokenizers`, and its training against Hugging Face and rustbpe. Every library runs in a process of its own
 * on the same documents. Rates are per processor second of one thread, so that other work on the machine
 * disturbs them less. BENCH_MEGABYTES (default 50), BENCH_TRAIN_MEGABYTES (default 200) and
 * BENCH_STREAM_MEGABYTES (default 1000) set the sizes.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEncoding, toTokenizerJson } from '@llm/tokenizer';
import { peerVersion } from '../peers/node.js';
import { installPeers, runPythonPeer } from '../peers/python.js';
import { tokenizerCorpus } from '../peers/tokenizer-corpus.js';
import { type BenchRow, benchRow } from '../row.js';

interface TextsReport {
  readonly version?: string | undefined;
  readonly tokens: number;
  readonly encodeRate: number;
  readonly decodeRate: number;
  readonly countRate?: number | undefined;
}
interface TrainReport {
  readonly version?: string | undefined;
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
    return peerVersion(name) ?? '';
  }
};

/** The run with the median rate; quick libraries run three times. */
function median<Report>(run: () => Report | undefined, rate: (report: Report) => number): Report | undefined {
  const reports = [run(), run(), run()].filter((report) => report !== undefined);
  return reports.sort((a, b) => rate(a) - rate(b))[reports.length >> 1];
}
const encodeRate = (report: TextsReport): number => report.encodeRate;

async function texts(folder: string): Promise<BenchRow[]> {
  const megabytes = Number(process.env.BENCH_MEGABYTES ?? 50);
  const { documents, source } = tokenizerCorpus(megabytes);
  const corpus = join(folder, 'documents.json');
  writeFileSync(corpus, JSON.stringify(documents));
  const tokenizerJson = join(folder, 'tokenizer.json');
  writeFileSync(tokenizerJson, toTokenizerJson(await loadEncoding('cl100k_base')));
  const ranks = genuineRanks();
  const task = { task: 'texts', corpus };
  const ours = median(() => javascript<TextsReport>('ours', task), encodeRate)!;
  const size = documents.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const what = `cl100k, one thread, ${(size / 1e6).toFixed(0)} MB of ${source} in documents of 100,000 characters`;
  const peers: [string, TextsReport | undefined, string][] = [
    [
      `gpt-tokenizer ${versionOf('gpt-tokenizer')}`,
      javascript('gpt-tokenizer', task),
      'npm install gpt-tokenizer',
    ],
    [`tiktoken (wasm) ${versionOf('tiktoken')}`, javascript('tiktoken', task), 'npm install tiktoken'],
    [`js-tiktoken ${versionOf('js-tiktoken')}`, javascript('js-tiktoken', task), installPeers],
    [
      `hypertok ${versionOf('hypertok')} (wasm)`,
      median(() => javascript<TextsReport>('hypertok', task), encodeRate),
      installPeers,
    ],
    [
      'tiktoken (Python)',
      median(
        () => runPythonPeer<TextsReport>('tokenizer_peers.py', { library: 'tiktoken', ranks, ...task }),
        encodeRate,
      ),
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

/**
 * From nothing to the first ids: import, vocabulary, encoding of two words; median of three fresh processes.
 */
function load(): BenchRow[] {
  const milliseconds = (library: string): number | null =>
    median(
      () => javascript<{ loadMilliseconds: number }>(library, { task: 'load' }),
      ({ loadMilliseconds }) => loadMilliseconds,
    )?.loadMilliseconds ?? null;
  const ours = milliseconds('ours')!;
  return ['gpt-tokenizer', 'tiktoken', 'js-tiktoken', 'hypertok'].map((library) =>
    benchRow({
      suite,
      case: 'cl100k, import to first ids, fresh process',
      metric: 'load',
      unit: 'ms',
      ours,
      peerName: `${library} ${versionOf(library)}`,
      peer: milliseconds(library),
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
  const megabytes = Number(process.env.BENCH_TRAIN_MEGABYTES ?? 200);
  const { documents, source } = tokenizerCorpus(megabytes);
  const corpus = join(folder, 'train.jsonl');
  const file = openSync(corpus, 'w');
  // Line separators would end a line for some readers.
  const escaped = (text: string): string =>
    JSON.stringify(text).replace(/[\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16)}`);
  for (const text of documents) writeSync(file, `${escaped(text)}\n`);
  closeSync(file);
  const options = { task: 'train', corpus, threads: 2, vocabularySize: 32_768 };
  const ours = javascript<TrainReport>('ours', options)!;
  const size = documents.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const what = `vocabulary 32,768, ${(size / 1e6).toFixed(0)} MB of ${source}, 2 threads`;
  const peers = (['huggingface', 'rustbpe'] as const).flatMap((library) => {
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
  return [...peers, streamed(options)];
}

/** More text than fits into memory: what training holds when documents come one by one. */
function streamed(options: object): BenchRow {
  const megabytes = Number(process.env.BENCH_STREAM_MEGABYTES ?? 1000);
  const ours = javascript<TrainReport>('ours', { ...options, bytes: megabytes * 1e6 })!;
  return benchRow({
    suite,
    case: `vocabulary 32,768, ${megabytes} MB streamed (the training text repeated, in every 40th word two letters changed), 2 threads, ${ours.wall.toFixed(0)} s`,
    metric: 'training, peak memory',
    unit: 'MB',
    ours: ours.megabytes,
    peerName: 'the bound that was set',
    peer: 1500,
    higherIsBetter: false,
  });
}
