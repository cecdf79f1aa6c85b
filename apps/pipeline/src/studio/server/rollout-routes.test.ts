// Rollouts over the API: the list, a step, a prompt over all steps, and what there is none of.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DirectoryStore } from '@llm/core/node';
import type { KeptStep, PromptAcrossSteps, RolloutStage, RolloutsOfStep } from '@llm/studio/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rolloutKey, writeRollouts } from '../../rollouts/rollout-file.js';
import { RunCatalog } from '../runs/run-catalog.js';
import { createStudio } from './create-studio.js';

const directory = mkdtempSync(join(tmpdir(), 'rollout-routes-'));
const id = basename(directory);
const app = createStudio({ catalog: new RunCatalog([directory], join(directory, 'none')) });

async function answer<Answer>(path: string): Promise<Answer> {
  const response = await app.request(`/api/runs/${id}/rollouts${path}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

async function refusal(path: string): Promise<readonly [number, string]> {
  const response = await app.request(`/api/runs/${id}/rollouts${path}`);
  const { error } = (await response.json()) as { readonly error: { readonly code: string } };
  return [response.status, error.code];
}

function step(stage: string, at: number, tasks: readonly string[]): KeptStep {
  return {
    ...{ stage, step: at, promptsOfStep: tasks.length, tokens: { 1: 'a' } },
    prompts: tasks.map((task) => ({
      task,
      answer: 'a',
      messages: [{ role: 'user', text: `${task}?` }],
      ids: [1],
    })),
    samples: tasks.flatMap((_, prompt) =>
      [0, 1].map((own) => ({
        ...{ index: 2 * prompt + own, prompt, ids: [1], mask: [1] as const, logProbabilities: [-at] },
        ...{ parts: [{ type: 'text' as const, text: 'a' }], reward: own, rewards: { own } },
        ...{
          advantage: own - 0.5,
          stopReason: 'stop',
          wellFormed: true,
          toolCalls: 0,
          toolFailures: 0,
          version: at,
        },
      })),
    ),
  };
}

beforeAll(async () => {
  writeFileSync(join(directory, 'config.json'), '{}');
  const store = new DirectoryStore(directory);
  await writeRollouts(store, step('rl', 10, ['p', 'q']));
  await writeRollouts(store, step('rl', 2, ['q', 'r']));
  await writeRollouts(store, step('control', 2, ['q', 'r']));
  writeFileSync(join(directory, 'rl/rollouts/notes.txt'), 'of somebody else');
});
afterAll(() => rmSync(directory, { recursive: true }));

describe('rollouts of a run over the API', () => {
  test('the list has the steps in their order', async () => {
    const stages = await answer<RolloutStage[]>('');
    expect(stages.map(({ stage, steps }) => [stage, steps])).toEqual([
      ['rl', [2, 10]],
      ['control', [2]],
    ]);
    expect(stages.every(({ bytes }) => bytes > 100)).toBe(true);
  });

  test('a step, and what is chosen of it', async () => {
    const whole = await answer<RolloutsOfStep>('/rl/10');
    expect(whole).toEqual({ ...step('rl', 10, ['p', 'q']), kept: 4, matching: 4 });
    const some = await answer<RolloutsOfStep>('/rl/10?filter=raised&order=-length&text=Q%3F');
    expect([some.kept, some.matching, some.samples.map(({ index }) => index)]).toEqual([4, 1, [3]]);
  });

  test('a step that is written again is read again', async () => {
    await writeRollouts(new DirectoryStore(directory), step('rl', 30, ['p']));
    expect((await answer<RolloutsOfStep>('/rl/30')).kept).toBe(2);
    // Another time of change, whatever the clock of the file system.
    await new Promise((resolve) => setTimeout(resolve, 20));
    await writeRollouts(new DirectoryStore(directory), step('rl', 30, ['p', 'q']));
    expect((await answer<RolloutsOfStep>('/rl/30')).kept).toBe(4);
    rmSync(join(directory, rolloutKey('rl', 30)));
    expect(await refusal('/rl/30')).toEqual([404, 'pipeline/rollouts-missing']);
  });

  test('a prompt is found in every step of both stages', async () => {
    const { prompt, times } = await answer<PromptAcrossSteps>('/prompt?task=q');
    expect(prompt.messages).toEqual([{ role: 'user', text: 'q?' }]);
    expect(
      times.map(({ stage, step: at, samples }) => [stage, at, samples.map(({ index }) => index)]),
    ).toEqual([
      ['rl', 2, [0, 1]],
      ['rl', 10, [2, 3]],
      ['control', 2, [0, 1]],
    ]);
  });

  test('what is not there, or is asked wrongly, is said', async () => {
    for (const path of [
      '/rl/3',
      '/sft/2',
      '/..%2f..%2fetc/2',
      '/rl/x',
      '/rl/99999999999999',
      '/prompt?task=z',
    ])
      expect([path, await refusal(path)]).toEqual([path, [404, 'pipeline/rollouts-missing']]);
    for (const query of ['filter=x', 'order=x', 'count=0', 'from=1.5'])
      expect(await refusal(`/rl/2?${query}`)).toEqual([400, 'pipeline/rollout-choice-invalid']);
    mkdirSync(join(directory, 'control/rollouts/step-00000009.jsonl.gz'), { recursive: true });
    expect((await answer<RolloutStage[]>('')).at(-1)!.steps).toEqual([2]);
  });
});
