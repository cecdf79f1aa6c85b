import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLlmcTokens, writeLlmcTokens, writeTokenShards } from '@llm/model/node';
import { openTokenShards } from '../../../../packages/model/src/node/token-shards/open-token-shards.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { type Files, scratchFolder, writeFiles } from '../in-folder.js';
import { mustBeNoticed } from '../must-be-noticed.js';
import { sample, tokenizer } from './sample-tokenizer.js';

function filesOf(folder: string): Files {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}

async function documentsIn(folder: string): Promise<Int32Array[]> {
  const shards = await openTokenShards(folder, tokenizer);
  try {
    return Array.from({ length: shards.count }, (_, document) => {
      const ids = new Int32Array(shards.length(document));
      shards.read(document, 0, ids.length, ids, 0);
      return ids;
    });
  } finally {
    shards.close();
  }
}

const shardFolder = scratchFolder('token-shards');
const documents = [sample, 'the cat', 'sat', sample];
await writeTokenShards(shardFolder, { tokenizer, documents, shardTokens: 20 });
const shardFiles = filesOf(shardFolder);
const written = await documentsIn(shardFolder);

const llmcFolder = scratchFolder('llmc');
mkdirSync(llmcFolder, { recursive: true });
for (const idBytes of [2, 4] as const)
  await writeLlmcTokens(join(llmcFolder, `${idBytes}.bin`), written, { delimiter: 256, idBytes });

export const tokenFileTargets: readonly FuzzTarget[] = [
  {
    name: 'token shards',
    seeds: shardFiles,
    run: async (bytes, file) => {
      writeFiles(shardFolder, { ...shardFiles, [file]: bytes });
      mustBeNoticed(await documentsIn(shardFolder), written);
    },
  },
  {
    name: 'llm.c tokens',
    seeds: filesOf(llmcFolder),
    run: async (bytes) => {
      writeFiles(llmcFolder, { 'fuzz.bin': bytes });
      for await (const ids of readLlmcTokens(join(llmcFolder, 'fuzz.bin'), 256))
        if (ids.some((id) => id < 0)) throw new Error('an id below zero');
    },
  },
];
