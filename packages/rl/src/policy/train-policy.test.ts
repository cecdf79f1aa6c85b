import type { RunEvent, TaskSet, TrainingSnapshot } from '@llm/core';
import { NgramModel } from '@llm/core/testing';
import { describe, expect, test } from 'vitest';
import { evaluateTasks } from '../evaluation/evaluate-tasks.js';
import { letterModel, letterTasks, parameterDigest, renderer, tokenizer } from '../fixtures/letter-tasks.js';
import { randomRewardControl } from '../tasks/random-reward-control.js';
import type { StepRollouts } from './step-rollouts.js';
import { trainPolicy } from './train-policy.js';
import type { TrainPolicyOptions } from './train-policy-options.js';

// Slow: policies practise until they are better

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
const evaluate = async (model: NgramModel) =>
  evaluateTasks({ model, renderer, tasks: letterTasks, samples: 16, maxNewTokens: 4 });
/** pass@1: how often a sample is right, steadier than the greedy answer of a toy. */
const passAt1 = async (model: NgramModel): Promise<number> => (await evaluate(model)).passAtK[1]!;
/** Half of the answers now begin with a call of the tool `z`. */
async function learnToCall(model: NgramModel): Promise<TrainingSnapshot> {
  const [start, call, end] = ['assistant_start', 'tool_call_start', 'tool_call_end'].map(
    (name) => tokenizer.specialTokens.get(`<|${name}|>`)!,
  );
  for (let step = 0; step < 12; step++) {
    const [b, z] = tokenizer.encode('bz');
    const batch = { rows: 1, columns: 4, inputs: Int32Array.of(start!, start!, call!, z!) };
    const targets = Int32Array.of(call!, b!, z!, end!);
    await model.trainStep(
      { ...batch, targets, weights: new Float32Array(4).fill(1), normalizer: 3 },
      { learningRate: 16 },
    );
  }
  return model.snapshot();
}
const metricsOf = (events: readonly RunEvent[]): Record<string, number>[] =>
  events.flatMap((event) => (event.type === 'metric' ? [event.values] : []));

describe('trainPolicy', () => {
  test('shared prompts and tied groups left out change what is computed, not what is learnt', async () => {
    const [apart, shared] = [await letterModel(), await letterModel()];
    const few = { ...base, steps: 4 };
    await trainPolicy({ ...few, policy: apart, sharePrompts: false });
    await trainPolicy({ ...few, policy: shared, leaveTied: true });
    const { parameters } = await shared.snapshot();
    for (const [name, { data }] of (await apart.snapshot()).parameters) {
      const found = parameters.get(name)!.data;
      expect(data.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0)).toBeLessThan(
        1e-4,
      );
    }
  });

  test('learns from the reward what it was never shown', async () => {
    const policy = await letterModel();
    const before = await passAt1(policy);
    const events: RunEvent[] = [];
    const report = await trainPolicy({ ...base, policy, onEvent: (event) => events.push(event) });
    expect(before).toBeGreaterThan(0.15);
    expect(before).toBeLessThan(0.35);
    const after = await evaluate(policy);
    expect(after.passAtK[1]).toBeGreaterThan(0.9);
    expect(after).toMatchObject({ n: 25, accuracy: 1, formatValid: 1, toolCallRate: 0, meanLength: 2 });
    expect(after.interval[1]).toBe(1);
    expect(after.interval[0]).toBeCloseTo(0.8668, 3);
    expect(report.rewards.length).toBe(25);
    const metrics = metricsOf(events);
    expect(metrics.length).toBe(25);
    for (const name of [
      'reward',
      'reward_std',
      'frac_reward_zero_std',
      'completions/mean_length',
      'completions/clipped_ratio',
      'tools/call_frequency',
      'tools/failure_frequency',
      'loss',
      'grad_norm',
      'step_time',
    ]) {
      expect(metrics[0]![name], name).toBeTypeOf('number');
    }
    expect(metrics[0]!.reward).toBe(report.rewards[0]);
    expect(events.filter(({ type }) => type === 'sample').length).toBe(3);
  });

  test('tells of the answers of every step what it measures of them', async () => {
    const told: StepRollouts[] = [];
    const events: RunEvent[] = [];
    await trainPolicy({
      ...base,
      steps: 3,
      policy: await letterModel(),
      onRollouts: (rollouts) => void told.push(rollouts),
      onEvent: (event) => events.push(event),
    });
    const metrics = metricsOf(events);
    expect(told.map(({ step, rollouts }) => [step, rollouts.length])).toEqual([
      [1, 32],
      [2, 32],
      [3, 32],
    ]);
    for (const [at, { rollouts, advantages, samplesPerPrompt, step }] of told.entries()) {
      const mean = (values: readonly number[]): number =>
        values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(mean(rollouts.map(({ reward }) => reward))).toBeCloseTo(metrics[at]!.reward!, 12);
      expect(rollouts.every(({ version }) => version === step - 1)).toBe(true);
      for (const [i, { reward, task, ids, mask }] of rollouts.entries()) {
        const first = i - (i % samplesPerPrompt);
        const group = rollouts.slice(first, first + samplesPerPrompt);
        expect(group[0]!.task.id).toBe(task.id);
        expect(advantages[i]).toBeCloseTo(reward - mean(group.map((each) => each.reward)), 6);
        expect(mask.length).toBe(ids.length);
      }
    }
  });

  test('the random-reward control stays where it was', async () => {
    const policy = await letterModel();
    const before = await passAt1(policy);
    await trainPolicy({ ...base, policy, tasks: randomRewardControl(letterTasks, 7), schedule: () => 1 });
    const control = await passAt1(policy);
    const learner = await letterModel();
    await trainPolicy({ ...base, policy: learner, schedule: () => 1 });
    expect(Math.abs(control - before)).toBeLessThan(0.05);
    expect((await passAt1(learner)) - before).toBeGreaterThan(0.15);
  });

  test('a run stopped at a checkpoint and continued equals one that was not, for one and for two updates a batch', async () => {
    for (const updatesPerBatch of [1, 2]) {
      const options = { ...base, steps: 6, updatesPerBatch };
      const straight = await letterModel();
      await trainPolicy({ ...options, policy: straight });
      const first = await letterModel();
      const controller = new AbortController();
      let saved = await first.snapshot();
      const stopped = trainPolicy({
        ...options,
        policy: first,
        saveEvery: 2,
        signal: controller.signal,
        onCheckpoint: async (step) => {
          saved = await first.snapshot();
          if (step === 4) controller.abort();
        },
      });
      await expect(stopped).rejects.toThrow(/abort/i);
      expect(saved.stepsTaken).toBe(4 * updatesPerBatch);
      const second = new NgramModel(tokenizer.vocabularySize, 32);
      await second.restore(saved);
      const { steps, rewards } = await trainPolicy({ ...options, policy: second });
      expect([steps, rewards.length]).toEqual([6, 2]);
      expect(await parameterDigest(second)).toBe(await parameterDigest(straight));
    }
  });

  test('a snapshot from inside a batch is refused', async () => {
    const policy = await letterModel();
    policy.stepsTaken = 3;
    await expect(trainPolicy({ ...base, policy, updatesPerBatch: 2 })).rejects.toMatchObject({
      code: 'rl/checkpoint-inside-batch',
    });
  });

  test('says when nothing can be learned, once', async () => {
    const hopeless: TaskSet = { ...letterTasks, reward: () => 0 };
    const codes = async (options: Partial<TrainPolicyOptions>): Promise<string[]> => {
      const events: RunEvent[] = [];
      const policy = options.policy ?? (await letterModel());
      await trainPolicy({ ...base, steps: 3, policy, ...options, onEvent: (event) => events.push(event) });
      return events.flatMap((event) => (event.type === 'warning' ? [event.code] : []));
    };
    expect(await codes({ tasks: hopeless })).toEqual(['rl/groups-tied']);
    const rambling = new NgramModel(tokenizer.vocabularySize, 32);
    expect(await codes({ policy: rambling })).toEqual(['rl/groups-tied', 'rl/completions-truncated']);
    // A tool call, its answer and a reply take more than four tokens; a bare reply does not.
    const caller = await letterModel();
    await caller.restore({ ...(await learnToCall(caller)), stepsTaken: 0 });
    expect(await codes({ policy: caller, tools: [{ name: 'z', call: () => 'long' }] })).toContain(
      'rl/tool-answers-truncated',
    );
    await expect(codes({ tasks: { ...letterTasks, train: [] } })).rejects.toMatchObject({
      code: 'rl/no-tasks',
    });
  });

  test('the reference’s log-probabilities reach the batch', async () => {
    const policy = await letterModel();
    const reference = await letterModel();
    await trainPolicy({ ...base, steps: 1, policy, reference });
    const { extraInputs } = policy.batches[0]!;
    // Before the first update policy and reference are the same model.
    const { active, oldLogProbabilities, referenceLogProbabilities } = extraInputs!;
    const rows = [...active!.keys()].filter((i) => active![i] === 1);
    expect(rows.length).toBeGreaterThan(32);
    for (const i of rows) expect(referenceLogProbabilities![i]).toBeCloseTo(oldLogProbabilities![i]!, 6);
  });
});

describe('randomRewardControl', () => {
  test('a fair coin in training that the same answer keeps, the truth in evaluation', () => {
    const control = randomRewardControl(letterTasks, 3);
    const say = (text: string) => [{ type: 'text', text } as const];
    const [task] = control.train;
    const coins = Array.from({ length: 400 }, (_, i) => control.reward(task!, say(`answer ${i}`)));
    const heads = coins.filter((coin) => coin === 1).length;
    expect(coins.every((coin) => coin === 0 || coin === 1)).toBe(true);
    expect(Math.abs(heads - 200)).toBeLessThan(40);
    expect(control.reward(task!, say('answer 5'))).toBe(coins[5]);
    expect(control.train.map((other) => control.reward(other, say('b')))).toContain(0);
    expect(control.heldOut.map((other) => control.reward(other, say('b')))).not.toContain(0);
    expect(control.heldOut.map((other) => control.reward(other, say('a')))).not.toContain(1);
  });
});
