import { languageModelContract, trainableModelContract } from '@llm/core/testing';
import { createNodeExecutor, createNodeWorkerExecutor } from '@llm/graph/node';
import { describe, expect, test } from 'vitest';
import { createModelConfig } from './config/create-model-config.js';
import { nanochatStyle } from './config/nanochat-style.js';
import { muon } from './optimizers/muon.js';
import { createTransformer } from './transformer.js';

// Slow: the contracts train and generate on ONNX Runtime

const executor = createNodeExecutor({ threads: 1 });
const config = createModelConfig({ vocabularySize: 12, contextLength: 16, depth: 2, width: 32, heads: 2 });

describe('language model', () =>
  languageModelContract({ test, expect }, () => createTransformer({ config, executor })));
describe('language model on a device', () =>
  languageModelContract({ test, expect }, () =>
    createTransformer({ config, executor: createNodeWorkerExecutor({ threads: 1 }) }),
  ));
describe('trainable with AdamW', () =>
  trainableModelContract({ test, expect }, () => createTransformer({ config, executor }), 3e-3));
describe('trainable with Muon', () =>
  trainableModelContract(
    { test, expect },
    () => createTransformer({ config, executor, optimizer: muon() }),
    3e-3,
  ));
describe('grouped-query attention, tied head, softcap', () => {
  const other = createModelConfig({ ...config, keyValueHeads: 1, tiedHead: true, logitSoftcap: 15 });
  languageModelContract({ test, expect }, () => createTransformer({ config: other, executor }));
  trainableModelContract({ test, expect }, () => createTransformer({ config: other, executor }), 3e-3);
});
describe('nanochat with everything on', () => {
  const other = createModelConfig({ ...config, ...nanochatStyle });
  languageModelContract({ test, expect }, () => createTransformer({ config: other, executor }));
  trainableModelContract({ test, expect }, () => createTransformer({ config: other, executor }), 3e-3);
});
