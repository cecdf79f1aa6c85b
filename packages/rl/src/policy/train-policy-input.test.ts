/** What may be wrong with what a training is given: found before the first step, or left out and named. */
import type { RunEvent, TaskSet } from '@llm/core';
import { textMessage } from '@llm/core';
import { NgramModel } from '@llm/core/testing';
import { describe, expect, test } from 'vitest';
import { evaluateTasks } from '../evaluation/evaluate-tasks.js';
import { letterModel, letterTasks, parameterDigest, renderer, tokenizer } from '../fixtures/letter-tasks.js';
import { trainPolicy } from './train-policy.js';
import type { TrainPolicyOptions } from './train-policy-options.js';

const base = {
  renderer,
  tasks: letterTasks,
  steps: 25,
  promptsPerStep: 4,
  samplesPerPrompt: 8,
  maxNewTokens: 4,
  schedule: () => 10,
  seed: 1,
} satisfies Partial<TrainPolicyOptions>;

describe('trainPolicy', () => {
  test('a task whose prompt leaves no room is left out before the first step, and named', async () => {
    const ask = (id: string, length: number) => ({
      id,
      prompt: { messages: [textMessage('user', 'x'.repeat(length))] },
      answer: 'b',
    });
    const silent = { id: 'silent', prompt: { messages: [] }, answer: 'b' };
    const tasks: TaskSet = {
      ...letterTasks,
      train: [ask('long', 28), ...letterTasks.train, silent, ask('endless', 999)],
      heldOut: [ask('too-long', 28), ...letterTasks.heldOut, ask('just-fits', 27)],
    };
    const events: RunEvent[] = [];
    const policy = await letterModel();
    const options = { ...base, tasks, steps: 3, onEvent: (event: RunEvent) => void events.push(event) };
    const report = await trainPolicy({ ...options, policy });
    expect(report.steps).toBe(3);
    expect(report.skipped.map(({ id, reason }) => [id, reason])).toEqual([
      ['long', 'too-long'],
      ['silent', 'invalid'],
      ['endless', 'too-long'],
    ]);
    const warnings = () => events.flatMap((event) => (event.type === 'warning' ? [event] : []));
    expect(warnings()[0]).toMatchObject({
      code: 'rl/tasks-skipped',
      message: expect.stringMatching(
        /^3 of 43 tasks left out: 2 too-long \(long: 32 tokens, the model sees 32 with its answer; also endless\), 1 invalid \(silent: /,
      ),
    });
    const evaluation = await evaluateTasks({ ...options, model: policy, samples: 2, maxNewTokens: 4 });
    expect(evaluation.n).toBe(26);
    expect(evaluation.skipped).toMatchObject([{ id: 'too-long', reason: 'too-long' }]);
    expect(warnings().at(-1)!.message).toContain('1 of 27 tasks left out');
    const hopeless = { ...tasks, train: [ask('a', 99), ask('b', 99)] };
    await expect(trainPolicy({ ...options, tasks: hopeless, policy })).rejects.toMatchObject({
      code: 'rl/no-tasks',
      message: expect.stringContaining(
        'None of 2 training tasks of "letters" can be answered: 2 too-long (a: ',
      ),
    });
  });

  test('a reward that is no number ends the run with its name and the task’s, before a step is taken', async () => {
    const policy = await letterModel();
    for (const value of [Number.NaN, undefined, '1', Number.POSITIVE_INFINITY, Promise.resolve(Number.NaN)]) {
      const tasks: TaskSet = { ...letterTasks, reward: () => value as number };
      for (const run of [
        trainPolicy({ ...base, tasks, policy }),
        evaluateTasks({ model: policy, renderer, tasks, maxNewTokens: 4 }),
      ])
        await expect(run).rejects.toMatchObject({
          code: 'rl/reward-invalid',
          message: expect.stringMatching(/^The reward "letters" gave .* task "(train|held-out)-\d+"/),
        });
      expect(policy.stepsTaken).toBe(0);
    }
  });

  test('rewards may be asynchronous, in training and in evaluation: nothing changes', async () => {
    const slow: TaskSet = { ...letterTasks, reward: async (task, parts) => letterTasks.reward(task, parts) };
    const options = { ...base, steps: 3 };
    const [direct, waiting] = [await letterModel(), await letterModel()];
    const report = await trainPolicy({ ...options, policy: direct });
    expect((await trainPolicy({ ...options, tasks: slow, policy: waiting })).rewards).toEqual(report.rewards);
    expect(await parameterDigest(waiting)).toBe(await parameterDigest(direct));
    const evaluation = { model: direct, renderer, samples: 4, maxNewTokens: 4 };
    expect(await evaluateTasks({ ...evaluation, tasks: slow })).toEqual(
      await evaluateTasks({ ...evaluation, tasks: letterTasks }),
    );
  });

  test('a padded vocabulary: no row of padding is ever drawn', async () => {
    const policy = new NgramModel(tokenizer.vocabularySize + 61, 32);
    const greatest = { id: 0 };
    const watched: TaskSet = { ...letterTasks, reward: () => 0 };
    await trainPolicy({ ...base, steps: 3, policy, tasks: watched, requireWellFormed: false });
    for (const { targets } of policy.batches)
      for (const id of targets) greatest.id = Math.max(greatest.id, id);
    expect(greatest.id).toBeLessThan(tokenizer.vocabularySize);
    expect(greatest.id).toBeGreaterThan(200);
  });

  test('options that are no such numbers are refused by name', async () => {
    const policy = await letterModel();
    const refusals: [string, unknown][] = [
      ...['promptsPerStep', 'samplesPerPrompt', 'updatesPerBatch', 'columnMultiple', 'maxNewTokens'].flatMap(
        (option): [string, unknown][] => [0, -1, 1.5, Number.NaN, '4'].map((value) => [option, value]),
      ),
      ['temperature', Number.NaN],
      ['temperature', -0.1],
      ['sampleEvery', -1],
      ['sampleEvery', Number.NaN],
      ['seed', Number.NaN],
      ['steps', Number.NaN],
      ['saveEvery', 0],
    ];
    for (const [option, value] of refusals)
      await expect(
        trainPolicy({ ...base, policy, [option]: value }),
        `${option} ${value}`,
      ).rejects.toMatchObject({
        code: 'core/option-invalid',
        details: { option },
      });
    const advantages = { baseline: 'median' as 'mean' };
    await expect(trainPolicy({ ...base, policy, advantages })).rejects.toThrow('baseline is "median"');
    const aggregation = 'mean' as 'token';
    await expect(trainPolicy({ ...base, policy, aggregation })).rejects.toThrow('aggregation is "mean"');
    expect(policy.stepsTaken).toBe(0);
    const evaluation = { model: policy, renderer, tasks: letterTasks };
    for (const [option, value] of [
      ['rows', 0],
      ['rows', Number.NaN],
      ['samples', -1],
      ['samples', 1.5],
      ['sampledTasks', Number.NaN],
      ['limit', -1],
      ['temperature', Number.NaN],
      ['maxNewTokens', 0],
      ['examples', Number.NaN],
    ] as const)
      await expect(
        evaluateTasks({ ...evaluation, [option]: value }),
        `${option} ${value}`,
      ).rejects.toMatchObject({
        code: 'core/option-invalid',
        details: { option },
      });
  });

  test('a reference that cannot score what the policy may say is refused before the first step', async () => {
    const policy = await letterModel();
    for (const reference of [new NgramModel(tokenizer.vocabularySize, 13), new NgramModel(200, 32)])
      await expect(trainPolicy({ ...base, policy, reference })).rejects.toMatchObject({
        code: 'rl/reference-unfit',
      });
    const reference = new NgramModel(tokenizer.vocabularySize, 14);
    await trainPolicy({ ...base, policy, reference, steps: 1, sharePrompts: false });
    expect(policy.batches[0]!.columns).toBe(14);
  });
});
