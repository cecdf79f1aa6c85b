import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DirectoryStore } from '@llm/core/node';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { textExtraction } from '../../extraction/text-extraction.js';
import { gopherQuality } from '../../filters/gopher-quality.js';
import { runDataPipeline } from '../pipeline/run-data-pipeline.js';
import { readShards } from '../pipeline/shards.js';
import { startFileServer } from '../storage/fixtures/file-server.js';
import type { DataCard } from './data-card.js';
import { writeDataCard } from './write-data-card.js';
import { writeDocuments } from './write-documents.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llm-card-'));
});
afterEach(() => rm(folder, { recursive: true }));

const sentence =
  'The old mill by the river is what the children of the town like to visit with their friends. ';
const rows = [
  { text: sentence.repeat(8), licence: 'cc-by-4.0' },
  { text: `Another text. ${sentence.repeat(3)} ${sentence.toUpperCase().repeat(4)}`, licence: 'a | b <c>\n' },
  { text: 'Too short.' },
];

async function makeData(output: string, input: string): Promise<DataCard> {
  const steps = [textExtraction(), gopherQuality({ minWords: 40 })];
  const inputs = [{ kind: 'jsonl', path: input, quality: 'filter' }] as const;
  const store = new DirectoryStore(join(output, 'run'));
  const report = await runDataPipeline({ inputs, store, prefix: 'data', steps, deduplication: false });
  const written = await writeDocuments({ documents: readShards(store, 'data'), output });
  const settings = { minhash: { buckets: 14 } };
  return writeDataCard({
    name: 'Mill "texts"',
    output,
    inputs,
    steps,
    settings,
    report,
    written,
    licence: 'odc-by',
  });
}

test('a card names sources, steps with thresholds, counts, licences and hashes, and is the same the next time', async () => {
  const bytes = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const server = await startFileServer(new Map([['/rows.jsonl', bytes]]));
  try {
    const url = `${server.origin}/rows.jsonl`;
    const card = await makeData(join(folder, 'a'), url);
    expect(card).toMatchObject({
      inputs: [{ url, kind: 'jsonl', bytes: bytes.length, etag: expect.stringMatching(/^"[0-9a-f]{32}"$/) }],
      steps: [{ name: 'extraction' }, { name: 'gopher-quality', options: { minWords: 40 } }],
      pages: 3,
      documents: 2,
      dropped: { gopher_short_doc: 1 },
      languages: { unknown: 2 },
      files: [{ name: 'part-00000.parquet', documents: 2, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    });
    const texts = await Promise.all(
      ['README.md', 'data-card.json'].map((name) => readFile(join(folder, 'a', name), 'utf8')),
    );
    expect(JSON.parse(texts[1]!)).toEqual(card);
    await makeData(join(folder, 'b'), url);
    const again = await Promise.all(
      ['README.md', 'data-card.json'].map((name) => readFile(join(folder, 'b', name), 'utf8')),
    );
    expect(again).toEqual(texts);
    // datasets.load_dataset and huggingface_hub.DatasetCard take this front matter.
    expect(texts[0]).toContain(
      '---\npretty_name: "Mill \\"texts\\""\nlicense: "odc-by"\ntask_categories:\n- text-generation\nsize_categories:\n- n<1K\n',
    );
    expect(texts[0]).toContain('    - "part-*.parquet"\n---\n\n# Mill "texts"\n');
  } finally {
    await server.close();
  }
});

test('what pages say of themselves stays in its cell', async () => {
  const input = join(folder, 'rows.jsonl');
  await writeFile(input, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await makeData(folder, input);
  const lines = (await readFile(join(folder, 'README.md'), 'utf8')).split('\n');
  expect(lines.filter((line) => line.startsWith('|') && (line.match(/(?<!\\)\|/g) ?? []).length < 3)).toEqual(
    [],
  );
});
