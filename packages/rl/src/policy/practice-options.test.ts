import type { RunEvent, TaskSet } from '@llm/core';
import { messageText } from '@llm/core';
import type { NgramModel } from '@llm/core/testing';
import { describe, expect, test } from 'vitest';
import { letterModel, letterTasks, parameterDigest, renderer, tokenizer } from '../fixtures/letter-tasks.js';
import { overlongPunishment } from './overlong-punishment.js';
import { trainPolicy } from './train-policy.js';
import type { TrainPolicyOptions } from './train-policy-options.js';

// Slow: a policy practises under every option

// Rows of one answer each, which the tests below look into.
const base = {
  sharePrompts: false,
  renderer,
  tasks: letterTasks,
  steps: 2,
  promptsPerStep: 4,
  samplesPerPrompt: 4,
  maxNewTokens: 4,
  schedule: () => 1,
  seed: 1,
} satisfies Partial<TrainPolicyOptions>;

async function practise(options: Partial<TrainPolicyOptions> & { readonly policy?: NgramModel }) {
  const policy = options.policy ?? (await letterModel());
  const events: RunEvent[] = [];
  await trainPolicy({ ...base, policy, onEvent: (event) => events.push(event), ...options });
  return {
    policy,
    batches: policy.batches,
    metrics: events.flatMap((event) => (event.type === 'metric' ? [event.values] : [])),
    warnings: events.flatMap((event) => (event.type === 'warning' ? [event] : [])),
  };
}
const used = (numbers: Float32Array, active: Float32Array): number[] =>
  [...numbers].filter((_, i) => active[i]! > 0);

describe('rejection sampling', () => {
  test('is the likelihood of the right answers alone, one of each task, a mean over their tokens', async () => {
    const seen: number[] = [];
    const { batches, metrics } = await practise({
      accept: {},
      steps: 1,
      onRollouts: ({ rollouts }) => void seen.push(...rollouts.map(({ reward }) => reward)),
    });
    // Of 4 tasks, 4 answers each: the first right one.
    const right = [0, 1, 2, 3].filter((group) => seen.slice(4 * group, 4 * group + 4).includes(1)).length;
    const { rows, weights, normalizer, targets } = batches[0]!;
    const trained = targets.filter((_, i) => weights[i] !== 0);
    const answer = [...tokenizer.encode('b'), renderer.stopToken];
    expect(right).toBeGreaterThan(1);
    expect([rows, normalizer, metrics[0]!.accepted]).toEqual([right, 2 * right, right]);
    expect([...trained]).toEqual(Array.from({ length: right }, () => answer).flat());
    expect(new Set(weights)).toEqual(new Set([0, 1]));
  });

  test('says when nothing is accepted, and what has no effect', async () => {
    const { batches, warnings } = await practise({ accept: { minimumReward: 2 } });
    expect(batches[0]!.weights.every((weight) => weight === 0)).toBe(true);
    expect(warnings.map(({ code }) => code)).toEqual(['rl/nothing-accepted']);
    await expect(practise({ accept: {}, overlong: { cache: 1 } })).rejects.toThrow('overlong has no effect');
  });
});

describe('temperature', () => {
  test('what is trained is what was sampled: tempered probabilities, unless it is told otherwise', async () => {
    const { batches, policy } = await practise({ temperature: 0.5, steps: 1 });
    const [batch] = batches;
    expect(batch!.temperature).toBe(0.5);
    const fresh = await letterModel();
    const tempered = await fresh.logProbabilities({ ...batch!, temperature: 0.5 });
    const { active, oldLogProbabilities } = batch!.extraInputs!;
    const [old, expected] = [used(oldLogProbabilities!, active!), used(tempered, active!)];
    for (const [i, value] of expected.entries()) expect(old[i]).toBeCloseTo(value, 5);
    const plain = (await practise({ temperature: 0.5, steps: 1, tempered: false })).batches[0]!;
    expect(plain.temperature).toBeUndefined();
    const untempered = used(await fresh.logProbabilities(plain), plain.extraInputs!.active!);
    expect(used(plain.extraInputs!.oldLogProbabilities!, plain.extraInputs!.active!)[0]).toBeCloseTo(
      untempered[0]!,
      5,
    );
    expect((await practise({ temperature: 1, steps: 1 })).batches[0]!.temperature).toBeUndefined();
    expect(policy.stepsTaken).toBe(1);
  });
});

describe('reference', () => {
  test('its KL can be paid out of the reward, as RLOO does', async () => {
    const reference = await letterModel();
    const policy = await letterModel();
    await trainPolicy({ ...base, policy, steps: 3, schedule: () => 20 });
    const snapshot = { ...(await policy.snapshot()), stepsTaken: 0 };
    await policy.restore(snapshot);
    const { metrics } = await practise({ policy, reference, klPenalty: 0.5, steps: 1 });
    const before = await letterModel();
    await before.restore(snapshot);
    const free = await practise({ policy: before, steps: 1 });
    expect(metrics[0]!['objective/kl']).toBeGreaterThan(0.1);
    expect(metrics[0]!.reward).toBeCloseTo(free.metrics[0]!.reward! - 0.5 * metrics[0]!['objective/kl']!, 4);
    await expect(practise({ klPenalty: 0.1 })).rejects.toThrow('there is no reference');
  });

  test('shared prompts have the same reference as rows of their own', async () => {
    const reference = await letterModel();
    const apart = await practise({ reference, steps: 1 });
    const shared = await practise({ reference, steps: 1, sharePrompts: true });
    const numbers = ({ batches: [batch] }: typeof apart) =>
      used(batch!.extraInputs!.referenceLogProbabilities!, batch!.extraInputs!.active!);
    // In rows of several answers the longest stands first.
    expect(numbers(shared).toSorted()).toEqual(numbers(apart).toSorted());
  });
});

describe('optimizer batches', () => {
  test('parts of a rollout batch are steps of their own, with their share of the normalizer', async () => {
    const { batches, policy } = await practise({ optimizerBatches: 2, updatesPerBatch: 2, steps: 1 });
    expect(policy.stepsTaken).toBe(4);
    expect(batches.map(({ rows }) => rows)).toEqual([8, 8, 8, 8]);
    const [whole] = (await practise({ steps: 1 })).batches;
    expect(batches[0]!.normalizer).toBe(whole!.normalizer / 2);
    expect([...batches[0]!.inputs, ...batches[1]!.inputs]).toEqual([...whole!.inputs]);
    expect(batches[2]!.inputs).toEqual(batches[0]!.inputs);
    const shares = batches.slice(0, 2).flatMap(({ extraInputs }) => [...extraInputs!.tokenShare!]);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(2, 5);
  });
});

describe('dynamic sampling', () => {
  test('groups that teach nothing are replaced, as long as there are rounds', async () => {
    const options = { samplesPerPrompt: 2, steps: 4 };
    const plain = await practise(options);
    expect(plain.metrics.some(({ frac_reward_zero_std: tied }) => tied! > 0)).toBe(true);
    const dynamic = await practise({ ...options, dynamicSampling: { rounds: 20 } });
    for (const metrics of dynamic.metrics) {
      expect(metrics.frac_reward_zero_std).toBe(0);
      expect(metrics['sampling/rounds']).toBeGreaterThanOrEqual(1);
    }
    expect(dynamic.batches.map(({ rows }) => rows)).toEqual([8, 8, 8, 8]);
    const hopeless: TaskSet = { ...letterTasks, reward: () => 0 };
    const tied = await practise({ ...options, tasks: hopeless, steps: 1, dynamicSampling: { rounds: 3 } });
    expect(tied.metrics[0]).toMatchObject({ 'sampling/rounds': 3, frac_reward_zero_std: 1 });
    expect(tied.batches[0]!.rows).toBe(8);
    await expect(practise({ dynamicSampling: { rounds: 0 } })).rejects.toThrow('dynamicSampling.rounds is 0');
  });

  test('continues to the bit, with a curriculum too', async () => {
    for (const more of [
      { dynamicSampling: { rounds: 3 } },
      { curriculum: ({ id }: { id: string }, step: number) => Number(id.slice(6)) <= 5 * (step + 1) },
    ]) {
      const straight = await practise({ ...more, samplesPerPrompt: 2, steps: 4 });
      const first = await practise({ ...more, samplesPerPrompt: 2, steps: 2 });
      const second = await practise({ ...more, samplesPerPrompt: 2, steps: 4, policy: first.policy });
      expect(await parameterDigest(second.policy)).toBe(await parameterDigest(straight.policy));
    }
  });
});

test('a curriculum says which tasks a step may try, and has to leave one', async () => {
  const tried: string[] = [];
  const tasks: TaskSet = {
    ...letterTasks,
    reward: ({ id }, parts) => {
      tried.push(id);
      return messageText(parts) === 'b' ? 1 : 0;
    },
  };
  const curriculum: TrainPolicyOptions['curriculum'] = ({ id }, step) => id.endsWith(`${step}`);
  await practise({ tasks, curriculum, steps: 2 });
  const [first, second] = [tried.filter((id) => id.endsWith('0')), tried.filter((id) => id.endsWith('1'))];
  expect(first.length + second.length).toBe(tried.length);
  expect(new Set(first).size).toBe(4);
  await expect(practise({ curriculum: () => false })).rejects.toThrow('leaves none of 40 tasks for step 1');
});

describe('importance correction', () => {
  test('gains are weighed by the trainer’s probability over the sampler’s, up to a limit', async () => {
    const sampler = await letterModel();
    await trainPolicy({ ...base, policy: sampler, steps: 3, schedule: () => 20 });
    const { batches, metrics } = await practise({
      sampler,
      importanceCorrection: { maximum: 1.5 },
      steps: 1,
    });
    const [batch] = batches;
    const own = await (await letterModel()).logProbabilities(batch!);
    const theirs = await sampler.logProbabilities(batch!);
    const { active, advantages, oldLogProbabilities } = batch!.extraInputs!;
    let limited = 0;
    for (const i of active!.keys()) {
      if (active![i] === 0) continue;
      // The sampler has moved on: its numbers now are those that it sampled with.
      const ratio = Math.exp(own[i]! - theirs[i]!);
      if (ratio > 1.5) limited++;
      expect(batch!.weights[i]).toBeCloseTo(advantages![i]! * Math.min(1.5, ratio), 4);
      expect(oldLogProbabilities![i]).toBeCloseTo(own[i]!, 5);
    }
    expect(limited).toBeGreaterThan(0);
    expect(metrics[0]!['sampling/importance_sampling_ratio/max']).toBeGreaterThan(1.5);
    const masked = await practise({
      sampler,
      importanceCorrection: { maximum: 1.5, mode: 'mask', level: 'sequence' },
      steps: 1,
    });
    expect(masked.batches[0]!.weights.filter((weight) => weight !== 0).length).toBeLessThan(
      batch!.weights.filter((weight) => weight !== 0).length,
    );
    await expect(practise({ importanceCorrection: { maximum: 0 } })).rejects.toThrow('maximum is 0');
  });
});

describe('soft punishment of length', () => {
  // TRL's own test: at most 100 tokens, the last 20 of them punished.
  test.each([
    [50, 0],
    [90, -0.5],
    [110, -1],
  ])('%i tokens: %f', (tokens, expected) => {
    expect(overlongPunishment(tokens, { maximum: 100, cache: 20 })).toBe(expected);
  });

  test('is part of the reward', async () => {
    const { metrics } = await practise({ overlong: { cache: 3 }, steps: 1 });
    // Of 4 tokens at most each one after the first costs a third: a letter and a stop token have one.
    const plain = await practise({ steps: 1 });
    const length = plain.metrics[0]!['completions/mean_length']!;
    expect(metrics[0]!.reward).toBeCloseTo(plain.metrics[0]!.reward! - (length - 1) / 3, 5);
    await expect(practise({ overlong: { cache: 5 } })).rejects.toThrow('cache is 5');
  });
});

describe('several rewards', () => {
  const says = (letter: string) => (_: unknown, parts: Parameters<TaskSet['reward']>[1]) =>
    messageText(parts) === letter ? 1 : 0;

  test('add up by weight; weight 0 is measured and changes nothing', async () => {
    const rewards = [
      { name: 'b', weight: 2, reward: says('b') },
      { name: 'length', weight: 0, reward: async () => 7 },
    ];
    const { metrics, policy } = await practise({ rewards, requireWellFormed: false });
    const double = await practise({
      tasks: { ...letterTasks, reward: (t, p) => 2 * says('b')(t, p) },
      requireWellFormed: false,
    });
    expect(await parameterDigest(policy)).toBe(await parameterDigest(double.policy));
    expect(metrics[0]!['rewards/b/mean']).toBeCloseTo(metrics[0]!.reward! / 2, 6);
    expect(metrics[0]).toMatchObject({
      'rewards/length/mean': 7,
      'rewards/length/std': 0,
      'rewards/length/unscored': 0,
    });
  });

  test('one that throws, hangs or cannot say has no say and is counted; the others go on', async () => {
    const rewards = [
      { name: 'b', reward: says('b') },
      {
        name: 'broken',
        reward: () => {
          throw new Error('no network');
        },
      },
      { name: 'slow', timeoutSeconds: 0.01, reward: () => new Promise<number>(() => undefined) },
      { name: 'silent', reward: () => null },
    ];
    const { metrics, warnings, policy } = await practise({ rewards, requireWellFormed: false });
    const alone = await practise({ rewards: rewards.slice(0, 1), requireWellFormed: false });
    expect(await parameterDigest(policy)).toBe(await parameterDigest(alone.policy));
    for (const name of ['broken', 'slow', 'silent']) expect(metrics[0]![`rewards/${name}/unscored`]).toBe(1);
    expect(warnings.map(({ code }) => code)).toEqual(['rl/reward-errors', 'rl/reward-errors']);
    expect(warnings[0]!.message).toContain('"broken" failed on 16 answers of a step');
    expect(warnings[0]!.message).toContain('no network (task "train-');
    expect(warnings[1]!.message).toContain('no answer within 0.01 s');
  });

  test('where no reward can say anything, nothing is learnt of that answer', async () => {
    const rewards = [
      {
        name: 'b',
        reward: (t: unknown, p: Parameters<TaskSet['reward']>[1]) =>
          messageText(p) === 'a' ? null : says('b')(t, p),
      },
    ];
    const { batches, metrics } = await practise({ rewards, steps: 1, samplesPerPrompt: 8 });
    expect(metrics[0]!['rewards/b/unscored']).toBeGreaterThan(0);
    const [batch] = batches;
    const a = [...batch!.targets.keys()].filter((i) => batch!.extraInputs!.active![i] === 1);
    const letters = a.filter((i) => batch!.targets[i] === 'a'.charCodeAt(0));
    expect(letters.length).toBeGreaterThan(0);
    for (const i of letters) expect(batch!.weights[i]).toBe(0);
  });

  test.each([
    ['NaN', Number.NaN],
    ['undefined', undefined],
    ['"1"', '1'],
    ['true', true],
  ])('%s ends the run by name', async (what, value) => {
    const rewards = [{ name: 'liar', reward: () => value as number }];
    await expect(practise({ rewards })).rejects.toMatchObject({
      code: 'rl/reward-invalid',
      message: expect.stringMatching(`The reward "liar" gave ${what}.* for an answer to task "train-`),
    });
  });

  test('names and weights are checked', async () => {
    const reward = () => 1;
    await expect(practise({ rewards: [{ name: 'x', weight: Number.NaN, reward }] })).rejects.toThrow(
      'weight of the reward "x" is NaN',
    );
    const twice = [
      { name: 'x', reward },
      { name: 'x', reward },
    ];
    await expect(practise({ rewards: twice })).rejects.toThrow('Two rewards are named "x"');
  });
});
