/**
 * Writes the Parquet files that `parquet.py read` looks at:
 * `node --conditions=@llm/source --import tsx tooling/oracles/data/write-parquet.ts FOLDER`
 */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDocuments } from '../../../packages/data/src/node/output/write-documents.js';
import {
  fixtureDocuments,
  fixtureOutputs,
} from '../../../packages/data/src/node/parquet/fixtures/documents.js';

const [folder = '.'] = process.argv.slice(2);
for (const [name, options] of Object.entries(fixtureOutputs)) {
  await writeDocuments({ documents: fixtureDocuments(), output: folder, ...options });
  await rename(join(folder, 'part-00000.parquet'), join(folder, name));
}
