import { truncateSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEvent, TokenBatch } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import { runTrainingLoop } from '@llm/core/training';
import { createNodeExecutor } from '@llm/graph/node';
import { createModelConfig, createTransformer, loadCheckpoint, type Transformer } from '@llm/model';
import { chatSpecialTokens, toTokenizerJson, trainTokenizer } from '@llm/tokenizer';
import { describe, expect, test } from 'vitest';
import { languageOf } from '../models/open-model.js';
import type { StageContext } from '../run/stage-engine.js';
import { trainedStage } from './trained-stage.js';

const config = createModelConfig({ depth: 1, width: 16, vocabularySize: 300, contextLength: 8 });
const steps = 6;

const batchOf = (step: number): TokenBatch => ({
  rows: 2,
  columns: 8,
  inputs: Int32Array.from({ length: 16 }, (_, i) => (i * 5 + step) % 24),
  targets: Int32Array.from({ length: 16 }, (_, i) => (i * 5 + 5 + step) % 24),
  weights: new Float32Array(16).fill(1),
  normalizer: 16,
});

interface Attempt {
  readonly store: DirectoryStore;
  readonly events: RunEvent[];
  /** Abort before this step, as Ctrl-C would. */
  readonly interruptAt?: number | undefined;
  /** Throw before this step, as a kill would end it. */
  readonly dieAt?: number | undefined;
}

/** A stage that trains a real, tiny transformer and saves every second step. */
async function attempt({ store, events, interruptAt, dieAt }: Attempt): Promise<Transformer> {
  const model = await createTransformer({ config, executor: createNodeExecutor({ threads: 1 }), seed: 3 });
  const controller = new AbortController();
  const context: StageContext = {
    directory: store.directory,
    store,
    signal: controller.signal,
    onEvent: (event) => events.push(event),
    remember: (_name, compute) => compute(),
    summaryOf: () => ({}),
    events: () => [],
  };
  const stage = trainedStage<{ readonly before: number; readonly after: number }, number>({
    name: 'base',
    title: 'learns',
    needs: [],
    settings: {},
    begin: async () => ({
      opened: { model, config, tokenizer: language.tokenizer, tokenizerJson: language.tokenizerJson },
      steps,
      measure: async (step) => step,
      metrics: (value) => ({ eval_loss: value }),
      train: (hooks) =>
        runTrainingLoop({
          ...hooks,
          stage: 'base',
          model,
          steps,
          schedule: () => 0.01,
          saveEvery: 2,
          batch: (step) => {
            if (step === interruptAt) controller.abort(new Error('Ctrl-C'));
            if (step === dieAt) throw new Error('killed');
            controller.signal.throwIfAborted();
            return { batch: batchOf(step) };
          },
        }),
      samples: async () => [],
      summarize: ({ before, after }) => ({ before, after }),
    }),
    headline: () => '',
  });
  expect(await stage.run(context)).toEqual({ before: 0, after: steps });
  return model;
}

const language = languageOf(
  new TextEncoder().encode(
    toTokenizerJson(await trainTokenizer(['abc'], { vocabularySize: 300, specialTokens: chatSpecialTokens })),
  ),
);
const temporaryStore = async (): Promise<DirectoryStore> =>
  new DirectoryStore(await mkdtemp(join(tmpdir(), 'llm-training-')));
const finished = async (store: DirectoryStore): Promise<Map<string, number[]>> => {
  const { snapshot } = await loadCheckpoint(store, 'base/model');
  return new Map([...snapshot.parameters].map(([name, { data }]) => [name, [...data]]));
};
const checkpoints = (store: DirectoryStore): Promise<string[]> =>
  store
    .list('base/checkpoints/')
    .then((keys) => [...new Set(keys.map((key) => key.split('/')[2] as string))].sort());

describe('training with checkpoints', () => {
  test('Ctrl-C saves the step reached; a death falls back to the last checkpoint; both end where no stop would', async () => {
    const plain = await temporaryStore();
    await attempt({ store: plain, events: [] });
    const expected = await finished(plain);

    const interrupted = await temporaryStore();
    await expect(attempt({ store: interrupted, events: [], interruptAt: 3 })).rejects.toThrow('Ctrl-C');
    expect(await checkpoints(interrupted)).toEqual(['latest.json', 'step-00000002', 'step-00000003']);
    await expect(attempt({ store: interrupted, events: [], dieAt: 5 })).rejects.toThrow('killed');
    expect(await checkpoints(interrupted)).toEqual(['latest.json', 'step-00000003', 'step-00000004']);
    await attempt({ store: interrupted, events: [] });
    expect(await finished(interrupted)).toEqual(expected);
  });

  test('a checkpoint cut in the middle is warned about and the one before it is used', async () => {
    const plain = await temporaryStore();
    await attempt({ store: plain, events: [] });
    const store = await temporaryStore();
    await expect(attempt({ store, events: [], dieAt: 5 })).rejects.toThrow('killed');
    truncateSync(store.path('base/checkpoints/step-00000004/optimizer.safetensors'), 100);
    const events: RunEvent[] = [];
    await attempt({ store, events });
    expect(events.filter(({ type }) => type === 'warning')).toMatchObject([
      {
        type: 'warning',
        code: 'model/checkpoint-invalid',
        message: expect.stringContaining('ends at byte 100 of'),
      },
    ]);
    expect(await finished(store)).toEqual(await finished(plain));
  });

  test('when no checkpoint is whole the error names the file and the byte', async () => {
    const store = await temporaryStore();
    await expect(attempt({ store, events: [], dieAt: 3 })).rejects.toThrow('killed');
    truncateSync(store.path('base/checkpoints/step-00000002/model.safetensors'), 1000);
    await expect(attempt({ store, events: [] })).rejects.toMatchObject({
      code: 'model/checkpoint-invalid',
      message: expect.stringMatching(/step-00000002\/model\.safetensors.*byte 1000 of \d+/),
    });
  });

  test('a finished model that was cut cannot be opened, with the same kind of error', async () => {
    const store = await temporaryStore();
    await attempt({ store, events: [] });
    truncateSync(store.path('base/model/step-00000006/model.safetensors'), 500);
    await expect(loadCheckpoint(store, 'base/model')).rejects.toMatchObject({
      code: 'model/checkpoint-invalid',
    });
  });
});
