/**
 * Real texts of four kinds, 25 words a line → lines for `quality_trainer.py`, and our classifier of them:
 *
 *     node --import tsx --conditions=@llm/source tooling/oracles/data/compare-quality-trainer.ts DIRECTORY
 *     python tooling/oracles/data/quality_trainer.py DIRECTORY
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { sharedDataPath } from '@llm/build/shared-data';
import { createRandom } from '@llm/core';
import { loadFastTextModel } from '../../../packages/data/src/node/language/load-fasttext-model.js';
import { trainQualityModel } from '../../../packages/data/src/node/quality/train-quality-model.js';

const [directory = 'quality'] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
const kinds = ['text-books', 'text-onestop', 'text-openstax-ccby', 'text-tinystories-sample'];
const wordsOfLine = 25;
const linesOfKind = 4000;

const rows: { label: string; text: string }[] = [];
for (const kind of kinds) {
  const folder = sharedDataPath(kind);
  if (folder === undefined) throw new Error(`${kind} is not there`);
  const words: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(txt|jsonl|md)(\.gz)?$/.test(entry.name) || /SOURCE|README/.test(entry.name))
      continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    const text = (entry.name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
    for (const word of text.split(/\s+/)) if (word !== '') words.push(word.replace(/^__label__/, ''));
    if (words.length > 40 * wordsOfLine * linesOfKind) break;
  }
  const lines = Math.floor(words.length / wordsOfLine);
  const each = Math.max(1, Math.floor(lines / linesOfKind));
  for (let at = 0; at < lines; at += each)
    rows.push({
      label: kind.slice('text-'.length),
      text: words.slice(at * wordsOfLine, (at + 1) * wordsOfLine).join(' '),
    });
}
createRandom(1, 'rows').shuffle(rows);
const test = rows.splice(0, Math.floor(rows.length / 5));
const lineOf = ({ label, text }: (typeof rows)[number]): string => `__label__${label} ${text}\n`;
writeFileSync(join(directory, 'test.txt'), test.map(lineOf).join(''));
for (const seed of [1, 2, 3])
  writeFileSync(
    join(directory, `train-${seed}.txt`),
    createRandom(seed, 'order')
      .shuffle([...rows])
      .map(lineOf)
      .join(''),
  );
writeFileSync(
  join(directory, 'shape.json'),
  JSON.stringify({ dim: 20, bucket: 50_000, wordNgrams: 2, epoch: 5, lr: 0.1 }),
);
const output = join(directory, 'ours.bin');
for (const seed of [1, 2, 3]) {
  const started = process.cpuUsage();
  await trainQualityModel({
    ...{ texts: rows, output, dimension: 20, buckets: 50_000, wordNgrams: 2, epochs: 5, heldOut: 0, seed },
  });
  const { user } = process.cpuUsage(started);
  const { model } = await loadFastTextModel(output);
  const said = test.map(({ text }) => model.predict(text));
  const right = said.filter(({ label }, at) => label === test[at]!.label).length;
  process.stdout.write(
    `ours, seed ${seed}: ${(right / test.length).toFixed(4)} of ${test.length}, trained on ${rows.length} in ${(user / 1e6).toFixed(1)} s\n`,
  );
  writeFileSync(
    join(directory, 'ours.jsonl'),
    said.map(({ label, score }) => `${JSON.stringify({ label: `__label__${label}`, score })}\n`).join(''),
  );
}
