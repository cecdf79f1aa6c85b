import { MemoryStore } from '@llm/core/stores';
import { createModelConfig, initialParameters, loadLora, mergeLora, saveLora } from '@llm/model';
import { loraLayout } from '../../../../packages/model/src/weights/lora.js';
import { parameterLayout } from '../../../../packages/model/src/weights/parameter-layout.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { filesIn, storeOf } from '../in-folder.js';

const config = createModelConfig({ vocabularySize: 16, contextLength: 8, depth: 1, width: 16, heads: 2 });
const parameters = initialParameters(config, 1);
const lora = { rank: 2 };
const adapters = new Map(
  [...loraLayout(parameterLayout(config), lora)].map(([name, { shape }]) => [
    name,
    { shape, data: new Float32Array(shape.reduce((size, length) => size * length, 1)).fill(0.5) },
  ]),
);
const store = new MemoryStore();
await saveLora(store, 'a', { adapters, lora });
const folder = await filesIn(store);

export const adapterTargets: readonly FuzzTarget[] = [
  {
    name: 'adapter folder',
    seeds: folder,
    run: async (bytes, file) => {
      const read = await loadLora(await storeOf({ ...folder, [file]: bytes }), 'a');
      mergeLora(parameters, read.adapters, read.lora);
    },
  },
];
