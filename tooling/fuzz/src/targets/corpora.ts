import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { LlmError } from '@llm/core';
import type { MemoryStore } from '@llm/core/stores';
import { Page, urlFilter } from '@llm/data';
import { readShards } from '@llm/data/node';
import { describeInput } from '../../../../apps/pipeline/src/inputs/input-file.js';
import { readFastTextModel } from '../../../../packages/data/src/language/fasttext-model.js';
import { readInput } from '../../../../packages/data/src/node/inputs/read-input.js';
import { compress, shardKey } from '../../../../packages/data/src/node/pipeline/shards.js';
import { bytesOf, type FuzzTarget, textOf } from '../fuzz-target.js';
import { scratchFolder, storeOf, writeFiles } from '../in-folder.js';
import { mustBeNoticed } from '../must-be-noticed.js';
import { fastTextFile } from './fasttext-file.js';

const rows =
  '{"text": "The mill stands by the river.", "url": "https://example.org/"}\n{"body": "Text of another field."}\n\n{"text": ""}\n';
const prose = 'The mill stands\r\nby the river.\n\nIt is old.\n';

const documents = ['The mill.', 'The river.'].map((text, index) => ({
  id: `d${index}`,
  text,
  metadata: { url: 'https://example.org/' },
}));
const shard = shardKey('data', 0);
const shards = { [shard]: compress(documents.map((document) => `${JSON.stringify(document)}\n`).join('')) };

async function read(store: MemoryStore): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const document of readShards(store, 'data')) found.push(document);
  return found;
}

const folder = scratchFolder('corpora');
const kindOf = (file: string): 'jsonl' | 'text' => (file.startsWith('rows') ? 'jsonl' : 'text');

export const corpusTargets: readonly FuzzTarget[] = [
  {
    name: 'text and rows',
    seeds: {
      rows: bytesOf(rows),
      'rows.gz': gzipSync(rows),
      prose: bytesOf(prose),
      'prose.gz': gzipSync(prose),
    },
    run: async (bytes, file) => {
      const path = join(folder, 'fuzz');
      writeFiles(folder, { fuzz: bytes });
      for (const field of [undefined, 'body'])
        for await (const item of readInput({ kind: kindOf(file), path, field }, {}, () => undefined))
          void item;
    },
  },
  {
    name: 'input files',
    seeds: {
      rows: bytesOf(rows),
      'rows.gz': gzipSync(rows),
      prose: bytesOf(prose),
      warc: bytesOf('WARC/1.0\r\n'),
    },
    run: (bytes, file) => {
      writeFiles(folder, { input: bytes });
      describeInput(file === 'warc' ? 'warc' : kindOf(file), join(folder, 'input'));
    },
  },
  {
    name: 'document shards',
    seeds: shards,
    // A member that is there twice is no damage to gzip: the digest is of each.
    run: async (bytes) => {
      const found = await read(await storeOf({ [shard]: bytes }));
      for (let at = 0; at < found.length; at += documents.length)
        mustBeNoticed(found.slice(at, at + documents.length), documents);
    },
  },
  {
    name: 'language model',
    seeds: { 'small.ftz': fastTextFile() },
    run: (bytes) => {
      const model = readFastTextModel(bytes);
      for (const line of ['the mill', 'die Mühle', '', 'x'.repeat(500)]) model.predict(line);
    },
  },
  {
    name: 'url lists',
    seeds: {
      lists: bytesOf('example.org\nhttps://bad.example/a?b=c\nporn\n\n# comment\r\nbücher.example\n'),
    },
    run: (bytes) => {
      const lines = textOf(bytes).split('\n');
      // One entry at a time: a list with one that matches nothing is refused whole.
      for (const line of lines)
        for (const list of ['domains', 'urls', 'hardWords', 'softWords', 'subwords']) {
          try {
            const filter = urlFilter({ [list]: [line] });
            for (const url of [line, `http://${line}/`]) filter.run(new Page({ url, content: 'text' }));
          } catch (error) {
            if (!LlmError.isInstance(error)) throw error;
          }
        }
    },
  },
];
