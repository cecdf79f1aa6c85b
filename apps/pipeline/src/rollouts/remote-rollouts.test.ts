/** Rollouts over HTTP from our own server, which holds a copy of the policy's weights. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAssistant } from '@llm/assistant';
import { readModel } from '@llm/assistant/node';
import { type ListeningServer, serve } from '@llm/assistant/server/node';
import { messageText, type RunEvent, type TaskSet, textMessage } from '@llm/core';
import { createNodeExecutor } from '@llm/graph/node';
import { adamW, createTransformer, type Transformer } from '@llm/model';
import { clippedPolicyGradient, createRemoteSampler, rollout, type StepRollouts, trainPolicy } from '@llm/rl';
import { createTemplateRenderer, type TemplateRenderer } from '@llm/tokenizer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeTinyModel } from '../testing/tiny-model.js';

const folder = mkdtempSync(join(tmpdir(), 'remote-'));
const tasks: TaskSet = {
  specificationVersion: 'v1',
  name: 'letters',
  train: ['cat', 'mat', 'end', 'the'].map((word) => ({
    id: word,
    prompt: { messages: [textMessage('user', word)] },
    answer: 't',
  })),
  heldOut: [],
  reward: ({ answer }, parts) => messageText(parts).split(answer).length - 1,
};
let renderer: TemplateRenderer;
let policy: Transformer;
let served: Transformer;
let server: ListeningServer;
const sampler = (more: { model?: string } = {}) => {
  const { vocabularySize, contextLength } = policy;
  return createRemoteSampler({
    url: `${server.url}/v1`,
    model: 'copy',
    vocabularySize,
    contextLength,
    ...more,
  });
};

beforeAll(async () => {
  await writeTinyModel(folder);
  const { parameters, config, tokenizer, tokenizerConfig, stopTokens } = await readModel(folder);
  const executor = createNodeExecutor({ threads: 1 });
  const make = () =>
    createTransformer({
      config,
      executor,
      parameters,
      optimizer: adamW({ weightDecay: 0 }),
      objective: clippedPolicyGradient(),
    });
  [policy, served] = [await make(), await make()];
  renderer = await createTemplateRenderer(tokenizer, tokenizerConfig);
  const model = served;
  const assistant = await createAssistant({ name: 'copy', model, tokenizer, tokenizerConfig, stopTokens });
  server = await serve({ assistants: [assistant], port: 0 });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

test('answers come with the log-probabilities that they were drawn with', async () => {
  const options = { renderer, reward: tasks.reward, requireWellFormed: false, maxNewTokens: 40 };
  const rollouts = await rollout({
    ...options,
    model: sampler(),
    tasks: tasks.train,
    samplesPerPrompt: 6,
    seed: 3,
    version: async () => 5,
  });
  expect(rollouts).toHaveLength(24);
  expect(new Set(rollouts.map(({ ids }) => ids.join())).size).toBeGreaterThan(20);
  for (const { prompt, ids, logProbabilities, mask, stopReason, version } of rollouts) {
    const whole = Int32Array.of(...prompt, ...ids);
    const [inputs, targets] = [whole.subarray(0, -1), whole.subarray(1)];
    const own = await policy.logProbabilities({ rows: 1, columns: inputs.length, inputs, targets });
    for (const [i, told] of logProbabilities.entries())
      expect(told).toBeCloseTo(own[prompt.length - 1 + i]!, 4);
    expect(mask.every((own) => own === 1)).toBe(true);
    expect(stopReason === 'stop').toBe(ids.at(-1) === renderer.stopToken);
    expect(version).toBe(5);
  }
  // The end is drawn with its own probability, and learnt.
  expect(rollouts.some(({ stopReason }) => stopReason === 'stop')).toBe(true);
});

describe('weights that lag behind', () => {
  const practise = async (more: object = {}) => {
    const steps: StepRollouts[] = [];
    const metrics: Readonly<Record<string, number>>[] = [];
    await trainPolicy({
      policy,
      renderer,
      tasks,
      sampler: sampler(),
      samplerVersion: () => served.stepsTaken,
      steps: policy.stepsTaken + 4,
      promptsPerStep: 2,
      samplesPerPrompt: 4,
      maxNewTokens: 12,
      requireWellFormed: false,
      schedule: () => 3e-3,
      onRollouts: (step) => void steps.push(step),
      onEvent: (event: RunEvent) => {
        if (event.type === 'metric') metrics.push(event.values);
      },
      ...more,
    });
    return { steps, metrics };
  };

  test('are stamped, and corrected for', async () => {
    const { steps, metrics } = await practise({
      importanceCorrection: {},
      maximumStaleness: 1,
      saveEvery: 2,
      onCheckpoint: async () => served.restore(await policy.snapshot()),
    });
    expect(steps.map(({ rollouts }) => rollouts[0]!.version)).toEqual([0, 0, 2, 2]);
    expect(metrics.map((each) => each['sampling/staleness'])).toEqual([0, 1, 0, 1]);
    const ratios = metrics.map((each) => each['sampling/importance_sampling_ratio/max']!);
    for (const fresh of [0, 2]) expect(ratios[fresh]).toBeCloseTo(1, 3);
    for (const stale of [1, 3]) expect(ratios[stale]).toBeGreaterThan(1.01);
    expect(metrics.at(-1)).toMatchObject({ 'sampling/failed': 0, 'sampling/retries': 0 });
  });

  test('are refused where nothing corrects for them, and where they are another run’s', async () => {
    await served.restore(await policy.snapshot());
    await expect(practise()).rejects.toMatchObject({
      code: 'rl/rollout-stale',
      details: { version: 4, stepsTaken: 5, maximumStaleness: 0 },
    });
    await expect(practise({ samplerVersion: () => 99 })).rejects.toThrow('another run');
    await expect(practise({ samplerVersion: () => 'new' })).rejects.toThrow('samplerVersion() is "new"');
    await expect(practise({ samplerVersion: undefined })).rejects.toThrow('how far it lies from it');
    await expect(practise({ temperature: 0.7, importanceCorrection: {} })).rejects.toThrow(
      'log-probabilities at 1 alone',
    );
  });
});

test('an abandoned draw ends on the server, too, and a model that it lacks is refused by it', async () => {
  const options = { renderer, reward: tasks.reward, maxNewTokens: 60, tasks: tasks.train };
  const stop = new AbortController();
  const drawing = rollout({ ...options, model: sampler(), samplesPerPrompt: 32, signal: stop.signal });
  const running = async (): Promise<number> => {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return Number(/^llm_active_answers\S* (\d+)/m.exec(text)?.[1] ?? 0);
  };
  await expect.poll(running, { timeout: 10_000 }).toBeGreaterThan(0);
  stop.abort(new Error('enough'));
  await expect(drawing).rejects.toThrow('enough');
  await expect.poll(running, { timeout: 10_000 }).toBe(0);
  await expect(rollout({ ...options, model: sampler({ model: 'other' }) })).rejects.toMatchObject({
    code: 'rl/endpoint-refused',
    details: { status: 404 },
  });
});
