/**
 * The extractor of `@llm/data` against others on the development pages of the Web Content Extraction
 * Benchmark: F1 of words, mean over pages, and pages a second of processor time, all in one run. Our model
 * was trained on these pages: `ours` is what the models of `tooling/extraction/src/train.ts --folds DIR`
 * reach on hosts they have not seen when BENCH_FOLDS names DIR, and says so in the case when it does not. Our
 * pages a second are those of `extractText`, metadata with it; the parse alone stands beside them.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockModel, readModel } from '../../../../packages/data/src/extraction/block-model.js';
import { chooseContent } from '../../../../packages/data/src/extraction/choose-content.js';
import { extractText } from '../../../../packages/data/src/extraction/extract-text.js';
import { parsePage } from '../../../../packages/data/src/extraction/page-tree.js';
import { renderText } from '../../../../packages/data/src/extraction/render-text.js';
import { parseHtml } from '../../../../packages/data/src/html/parse-html.js';
import { folds, loadPages, type RealPage } from '../../../extraction/src/real-pages.js';
import { wordScore } from '../../../extraction/src/word-score.js';
import { peerVersion, runNodePeer } from '../peers/node.js';
import { installPeers, runPythonPeer } from '../peers/python.js';
import { type BenchRow, benchRow } from '../row.js';

const pythonPeers = ['trafilatura', 'rs_trafilatura', 'resiliparse', 'justext'];
const nodePeers = ['@mozilla/readability', 'defuddle'];

interface Spent {
  readonly seconds: number;
  readonly failed: number;
  readonly version?: string | undefined;
}

export async function extractionSuite(): Promise<BenchRow[]> {
  const pages = (await loadPages('html-wcxb')).filter((page) => page.text !== undefined);
  if (pages.length === 0) return [];
  const scratch = mkdtempSync(join(tmpdir(), 'extractors-'));
  const file = join(scratch, 'pages.jsonl');
  writeFileSync(
    file,
    pages.map((page) => JSON.stringify({ set: page.set, file: page.file, html: page.html })).join('\n'),
  );
  const found = [...pythonPeers, ...nodePeers].map((name, at) => {
    const out = join(scratch, `${at}.jsonl`);
    const options = { pages: file, out, name };
    const isInstalled = pythonPeers.includes(name) || peerVersion(name) !== undefined;
    const spent = pythonPeers.includes(name)
      ? runPythonPeer<Spent>('extractors.py', options)
      : isInstalled
        ? runNodePeer<Spent>('extractors-javascript.mjs', JSON.stringify(options))
        : undefined;
    if (spent === undefined) return { name, f1: null, rate: null };
    const texts = readFileSync(out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { text: string }).text);
    return {
      name: `${name} ${spent.version ?? peerVersion(name)}`,
      f1: meanF1(pages, texts),
      rate: pages.length / spent.seconds,
    };
  });
  const directory = process.env.BENCH_FOLDS;
  const models = Array.from({ length: folds }, (_, fold) =>
    directory === undefined ? blockModel() : readModel(readFileSync(join(directory, `fold-${fold}.bin`))),
  );
  const texts = pages.map((page) => {
    const tree = parsePage(page.html)!;
    const { discarded } = chooseContent(tree, page.html, {
      mode: 'balanced',
      model: models[page.fold]!,
    });
    return renderText(tree, [0], discarded);
  });
  const f1 = meanF1(pages, texts);
  const rate = pages.length / processorSeconds(() => pages.map((page) => extractText(page.html)));
  const parse = pages.length / processorSeconds(() => pages.map((page) => parseHtml(page.html, limits)));
  const common = {
    suite: 'extraction',
    case: `${pages.length} pages of html-wcxb, ${directory === undefined ? 'pages it was trained on' : 'hosts it has not seen'}, one thread`,
    higherIsBetter: true,
  };
  const rows = found.flatMap((peer) => {
    const of = { ...common, peerName: peer.name, note: peer.f1 === null ? installPeers : undefined };
    return [
      benchRow({ ...of, metric: 'F1 of words', unit: '', ours: f1, peer: peer.f1 }),
      benchRow({ ...of, metric: 'pages/s', unit: 'pages/s', ours: rate, peer: peer.rate }),
    ];
  });
  rows.push(
    benchRow({
      ...common,
      metric: 'pages/s',
      unit: 'pages/s',
      ours: rate,
      peerName: 'our parse alone',
      peer: parse,
    }),
  );
  return rows;
}

const limits = { maxNodes: 500_000 };

function processorSeconds(work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

function meanF1(pages: readonly RealPage[], texts: readonly string[]): number {
  return pages.reduce((sum, page, at) => sum + wordScore(texts[at]!, page.text ?? '').f1, 0) / pages.length;
}
