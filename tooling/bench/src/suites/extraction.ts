/**
 * The extractor of `@llm/data` against those in Python on the development pages of the Web Content Extraction
 * Benchmark: F1 of words, mean over pages, and pages a second of processor time, all in one run. Our model
 * was trained on these pages: `ours` is what the models of `tooling/extraction/src/train.ts --folds DIR`
 * reach on hosts they have not seen when BENCH_FOLDS names DIR, and says so in the case when it does not.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockModel, readModel } from '../../../../packages/data/src/extraction/block-model.js';
import { chooseContent } from '../../../../packages/data/src/extraction/choose-content.js';
import { parsePage } from '../../../../packages/data/src/extraction/page-tree.js';
import { renderText } from '../../../../packages/data/src/extraction/render-text.js';
import { folds, loadPages, type RealPage } from '../../../extraction/src/real-pages.js';
import { wordScore } from '../../../extraction/src/word-score.js';
import { installPeers, runPythonPeer } from '../peers/python.js';
import { type BenchRow, benchRow } from '../row.js';

const peers = ['trafilatura', 'rs_trafilatura', 'resiliparse', 'justext'];

export async function extractionSuite(): Promise<BenchRow[]> {
  const pages = (await loadPages('html-wcxb')).filter((page) => page.text !== undefined);
  if (pages.length === 0) return [];
  const directory = process.env.BENCH_FOLDS;
  const models = Array.from({ length: folds }, (_, fold) =>
    directory === undefined ? blockModel() : readModel(readFileSync(join(directory, `fold-${fold}.bin`))),
  );
  const start = process.cpuUsage();
  const texts = pages.map((page) => {
    const tree = parsePage(page.html)!;
    const { discarded } = chooseContent(tree, page.html, {
      mode: 'balanced',
      model: models[page.fold]!,
    });
    return renderText(tree, [0], discarded);
  });
  const { user, system } = process.cpuUsage(start);
  const ours = { f1: meanF1(pages, texts), rate: pages.length / ((user + system) / 1e6) };
  const scratch = mkdtempSync(join(tmpdir(), 'extractors-'));
  const file = join(scratch, 'pages.jsonl');
  writeFileSync(
    file,
    pages.map((page) => JSON.stringify({ set: page.set, file: page.file, html: page.html })).join('\n'),
  );
  const rows: BenchRow[] = [];
  for (const name of peers) {
    const out = join(scratch, `${name}.jsonl`);
    const peer = runPythonPeer<{ seconds: number; failed: number; version: string }>('extractors.py', {
      pages: file,
      out,
      name,
    });
    const found = peer === undefined ? [] : readFileSync(out, 'utf8').trim().split('\n');
    const f1 =
      peer === undefined
        ? null
        : meanF1(
            pages,
            found.map((line) => (JSON.parse(line) as { text: string }).text),
          );
    const rate = peer === undefined ? null : pages.length / peer.seconds;
    const common = {
      suite: 'extraction',
      case: `${pages.length} pages of html-wcxb, ${directory === undefined ? 'pages it was trained on' : 'hosts it has not seen'}, one thread`,
      peerName: peer === undefined ? name : `${name} ${peer.version}`,
      higherIsBetter: true,
      note: peer === undefined ? installPeers : undefined,
    };
    rows.push(benchRow({ ...common, metric: 'F1 of words', unit: '', ours: ours.f1, peer: f1 }));
    rows.push(benchRow({ ...common, metric: 'pages/s', unit: 'pages/s', ours: ours.rate, peer: rate }));
  }
  return rows;
}

function meanF1(pages: readonly RealPage[], texts: readonly string[]): number {
  return pages.reduce((sum, page, at) => sum + wordScore(texts[at]!, page.text ?? '').f1, 0) / pages.length;
}
