/**
 * Writes every model of tiny-architectures.json as @llm/model exports it, for tiny_architectures.py to open:
 *
 *     node --conditions=@llm/source --import tsx tooling/oracles/model/write-architectures.ts DIRECTORY
 */
import { readFile } from 'node:fs/promises';
import { DirectoryStore } from '@llm/core/node';
import { MemoryStore } from '@llm/core/stores';
import { writeSafetensors } from '@llm/model';
import { exportHuggingFace, importHuggingFace } from '@llm/model/hugging-face';
import { oracleWeights } from '../../../packages/model/src/fixtures/oracle-weights.js';

const fixture = new URL('../../../packages/model/src/fixtures/tiny-architectures.json', import.meta.url);
const { cases } = JSON.parse(await readFile(fixture, 'utf8')) as {
  cases: Record<string, { config: object; shapes: Record<string, number[]> }>;
};
const target = new DirectoryStore(process.argv[2]!);
for (const [name, { config, shapes }] of Object.entries(cases)) {
  const source = new MemoryStore();
  const tensors = new Map(
    Object.entries(shapes).map(([tensor, shape]) => [tensor, oracleWeights(tensor, shape)]),
  );
  await source.write('m/config.json', new TextEncoder().encode(JSON.stringify(config)));
  await source.write('m/model.safetensors', writeSafetensors(tensors));
  await exportHuggingFace(target, name, await importHuggingFace(source, 'm'));
}
