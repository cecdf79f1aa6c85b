import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SourceWindow } from '../../../../packages/data/src/node/files/source-window.js';
import { inflateZstd } from '../../../../packages/data/src/node/files/zstd-frames.js';
import { readInput } from '../../../../packages/data/src/node/inputs/read-input.js';
import { xmlTexts } from '../../../../packages/data/src/node/storage/s3-answers.js';
import { bytesOf, type FuzzTarget, textOf } from '../fuzz-target.js';
import { scratchFolder, writeFiles } from '../in-folder.js';

const data = fileURLToPath(new URL('../../../../packages/data/src/node/', import.meta.url));
const folder = scratchFolder('tables');

const parquetSeeds = (): Record<string, Uint8Array> =>
  Object.fromEntries(
    readdirSync(join(data, 'parquet/fixtures'))
      .filter((name) => name.endsWith('.parquet'))
      .map((name) => [name, readFileSync(join(data, 'parquet/fixtures', name))]),
  );

async function readAll(kind: 'parquet' | 'csv', bytes: Uint8Array): Promise<void> {
  writeFiles(folder, { 'fuzz.table': bytes });
  const items = readInput(
    { kind, path: join(folder, 'fuzz.table') },
    { maxPageBytes: 100_000 },
    () => undefined,
  );
  for await (const item of items) if (item.kind === 'keep') JSON.stringify(item.page.metadata);
}

export const tableTargets: readonly FuzzTarget[] = [
  { name: 'parquet', seeds: parquetSeeds(), run: (bytes) => readAll('parquet', bytes) },
  {
    name: 'csv',
    seeds: {
      csv: bytesOf(
        'id,text,url\r\n1,"One, ""two"" and\r\nthree",https://a.example/\r\n2,plain,\r\n\r\n3,x,y,z\r\n',
      ),
    },
    run: (bytes) => readAll('csv', bytes),
  },
  {
    name: 'zstandard',
    seeds: { frames: readFileSync(join(data, 'files/fixtures/two-frames.jsonl.zst')) },
    run: async (bytes) => {
      let length = 0;
      const source = (async function* () {
        yield bytes;
      })();
      for await (const part of inflateZstd(new SourceWindow(source)))
        if (part.kind === 'bytes') length += part.bytes.length;
      return length;
    },
  },
  {
    name: 's3 answers',
    seeds: {
      listing: bytesOf(
        '<?xml version="1.0"?><ListBucketResult><Contents><Key>a &amp; b</Key><Size>3</Size></Contents><NextContinuationToken>x</NextContinuationToken></ListBucketResult>',
      ),
    },
    run: (bytes) => xmlTexts(textOf(bytes), ['Key', 'Size', 'NextContinuationToken']),
  },
];
