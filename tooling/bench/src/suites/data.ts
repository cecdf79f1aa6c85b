/**
 * The data stage against datatrove, in one run: filters and MinHash over texts, then all steps of FineWeb
 * from the same WARC file to signatures, in seconds of a processor; and the stage on one worker against two,
 * in seconds of a clock, which says something on an otherwise idle machine alone. The file is that of the
 * shared data set html-wcxb (547 pages); ours goes through it BENCH_DATA_TIMES times (default 4), of which
 * the mean counts, datatrove once. BENCH_DATA_PAGES takes fewer pages, spread over the file.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { extractText, readPage } from '@llm/data';
import { decompressContent, detectCharset, readArchive } from '@llm/data/node';
import type { DataSeconds, DataTask } from '../peers/data-pipeline.js';
import { installPeers, runPythonPeer } from '../peers/python.js';
import { type BenchRow, benchRow } from '../row.js';

const languageModel = 'fasttext.wasm.js/dist/models/language-identification/assets/lid.176.ftz';

interface DatatroveSeconds {
  readonly version: string;
  readonly kept: number;
  readonly seconds: { readonly filters: number; readonly minhash: number; readonly pipeline: number };
}

export async function dataSuite(): Promise<BenchRow[]> {
  const source = sharedDataPath('html-wcxb');
  if (source === undefined) return [];
  const folder = mkdtempSync(join(tmpdir(), 'llm-bench-data-'));
  try {
    const [warc, texts] = [join(folder, 'pages.warc.gz'), join(folder, 'texts.jsonl')];
    const { pages, documents } = await writePages(join(source, 'pages.warc.gz'), warc, texts);
    const times = Number(process.env.BENCH_DATA_TIMES ?? 4);
    const ours = runOurs({ warc, texts, times });
    const [one, two] = [1, 2].map((workers) => runOurs({ warc, texts, times: 2 * times, workers }));
    const peer = runPythonPeer<DatatroveSeconds>('data_pipeline.py', {
      ...{ warc, texts },
      language_model: createRequire(import.meta.resolve('@llm/data')).resolve(languageModel),
    });
    const row = (what: 'filters' | 'minhash' | 'pipeline', count: number): BenchRow =>
      benchRow({
        suite: 'data',
        case: `${count} ${what === 'pipeline' ? 'pages' : 'texts'} of html-wcxb`,
        metric: what,
        unit: 'a processor second',
        ours: count / ours[what]!,
        peerName: `datatrove ${peer?.version ?? ''}`.trim(),
        peer: peer === undefined ? null : count / peer.seconds[what],
        higherIsBetter: true,
        note: peer === undefined ? installPeers : undefined,
      });
    return [
      row('filters', documents),
      row('minhash', documents),
      row('pipeline', pages),
      benchRow({
        suite: 'data',
        case: `${2 * times * pages} pages of html-wcxb`,
        metric: 'two workers',
        unit: 'pages a second',
        ours: pages / two!.wall,
        peerName: `one worker (processor seconds: ${total(two!, times)}, one ${total(one!, times)})`,
        peer: pages / one!.wall,
        higherIsBetter: true,
      }),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function total({ pipeline }: DataSeconds, times: number): string {
  return (2 * times * pipeline).toFixed(1);
}

function runOurs(task: DataTask): DataSeconds {
  const script = fileURLToPath(new URL('../peers/data-pipeline.ts', import.meta.url));
  const flags = ['--conditions=@llm/source', '--import', 'tsx'];
  const output = execFileSync(process.execPath, [...flags, script, JSON.stringify(task)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(output) as DataSeconds;
}

/** The response records of `source` as a file, and what our extraction makes of them. */
async function writePages(
  source: string,
  warc: string,
  texts: string,
): Promise<{ pages: number; documents: number }> {
  const records: Buffer[] = [];
  const lines: string[] = [];
  for await (const item of readArchive(source)) {
    if (item.kind !== 'record' || item.record.type !== 'response') continue;
    const { headers, block } = item.record;
    const fields = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const record = [Buffer.from(`WARC/1.0\r\n${fields}\r\n`), block, Buffer.from('\r\n\r\n')];
    records.push(gzipSync(Buffer.concat(record)));
    const read = readPage(item.record, { decompress: decompressContent, detectCharset });
    const text = read.kind === 'keep' ? (extractText(read.page.content)?.text ?? '') : '';
    lines.push(text === '' ? '' : `${JSON.stringify({ text })}\n`);
  }
  const step = Math.max(
    1,
    Math.floor(records.length / Number(process.env.BENCH_DATA_PAGES ?? records.length)),
  );
  const chosen = (_: unknown, at: number): boolean => at % step === 0;
  const documents = lines.filter(chosen).filter((line) => line !== '');
  writeFileSync(warc, Buffer.concat(records.filter(chosen)));
  writeFileSync(texts, documents.join(''));
  return { pages: records.filter(chosen).length, documents: documents.length };
}
