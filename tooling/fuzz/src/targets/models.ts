import { MemoryStore } from '@llm/core/stores';
import { Graph, mul, referenceExecutor, serializeOnnx, softmax } from '@llm/graph';
import { createModelConfig, initialParameters, loadCheckpoint, saveCheckpoint } from '@llm/model';
import { exportHuggingFace, importHuggingFace } from '@llm/model/hugging-face';
import { toTokenizerJson } from '@llm/tokenizer';
import type { FuzzTarget } from '../fuzz-target.js';
import { type Files, filesIn, storeOf } from '../in-folder.js';
import { mustBeNoticed } from '../must-be-noticed.js';
import { tokenizer } from './sample-tokenizer.js';

const config = createModelConfig({ vocabularySize: 16, contextLength: 8, depth: 1, width: 16, heads: 2 });
const parameters = initialParameters(config, 1);

async function modelFolder(maximumShardBytes?: number): Promise<Files> {
  const store = new MemoryStore();
  const specialTokens = { bos: 1, eos: [2, 3] };
  await exportHuggingFace(store, '', { config, parameters, maximumShardBytes, specialTokens });
  return filesIn(store);
}
const whole = await modelFolder();
const inShards = await modelFolder(2000);

async function trainedFolder(maximumShardBytes?: number): Promise<Files> {
  const store = new MemoryStore();
  const optimizerState = new Map([...parameters].map(([name, tensor]) => [`${name}.m`, tensor]));
  await saveCheckpoint(store, 'm', {
    config,
    snapshot: { stepsTaken: 3, parameters, optimizerState },
    metadata: { loss: 1.5 },
    tokenizerFiles: { 'tokenizer.json': toTokenizerJson(tokenizer) },
    maximumShardBytes,
  });
  return filesIn(store);
}
const checkpoint = await trainedFolder();
const checkpointInShards = await trainedFolder(2000);
const saved = await loadCheckpoint(await storeOf(checkpoint), 'm');
const savedInShards = await loadCheckpoint(await storeOf(checkpointInShards), 'm');

function smallGraph(): Uint8Array {
  const graph = new Graph();
  const input = graph.input('x', 'float32', [2, 3]);
  graph.output('y', softmax(mul(input, input), -1));
  return serializeOnnx(graph);
}

export const modelTargets: readonly FuzzTarget[] = [
  {
    name: 'model folder',
    seeds: whole,
    run: async (bytes, file) => importHuggingFace(await storeOf({ ...whole, [file]: bytes }), ''),
  },
  {
    name: 'model folder in shards',
    seeds: inShards,
    run: async (bytes, file) => importHuggingFace(await storeOf({ ...inShards, [file]: bytes }), ''),
  },
  {
    name: 'checkpoint',
    seeds: checkpoint,
    run: async (bytes, file) =>
      mustBeNoticed(await loadCheckpoint(await storeOf({ ...checkpoint, [file]: bytes }), 'm'), saved),
  },
  {
    name: 'checkpoint in shards',
    seeds: checkpointInShards,
    run: async (bytes, file) => {
      const store = await storeOf({ ...checkpointInShards, [file]: bytes });
      mustBeNoticed(await loadCheckpoint(store, 'm'), savedInShards);
    },
  },
  {
    name: 'onnx',
    seeds: { graph: smallGraph() },
    run: async (bytes) => {
      const session = await referenceExecutor.createSession(bytes);
      await session.dispose();
    },
  },
];
