/**
 * Each way in which practice goes astray, brought about by training, is warned of, again after a recovery.
 */
import type { RunEvent, TaskSet } from '@llm/core';
import { messageText } from '@llm/core';
import { NgramModel } from '@llm/core/testing';
import { describe, expect, test } from 'vitest';
import { BigramModel } from '../fixtures/bigram-model.js';
import { letterModel, letterTasks, renderer, tokenizer } from '../fixtures/letter-tasks.js';
import type { Rollout } from '../rollout/rollout.js';
import { clippedPolicyGradient } from './clipped-policy-gradient.js';
import { watchPolicy } from './policy-warnings.js';
import { trainPolicy } from './train-policy.js';
import type { TrainPolicyOptions } from './train-policy-options.js';

// Slow: policies practise until they go astray

const base = {
  renderer,
  tasks: letterTasks,
  steps: 3,
  promptsPerStep: 4,
  samplesPerPrompt: 8,
  maxNewTokens: 4,
  schedule: () => 1,
  seed: 1,
} satisfies Partial<TrainPolicyOptions>;
type Options = Partial<TrainPolicyOptions> & Pick<TrainPolicyOptions, 'policy'>;

async function warnings(options: Options): Promise<Record<string, string>[]> {
  const events: RunEvent[] = [];
  await trainPolicy({ ...base, ...options, onEvent: (event) => events.push(event) });
  return events.flatMap((event) => (event.type === 'warning' ? [{ [event.code]: event.message }] : []));
}
const codes = async (options: Options): Promise<string[]> =>
  (await warnings(options)).flatMap((warning) => Object.keys(warning));

describe('practice warns', () => {
  test('of stops that vanish and lengths that grow, where a reward pays for length', async () => {
    const rambling: TaskSet = { ...letterTasks, reward: (_, parts) => messageText(parts).length };
    const options = { tasks: rambling, requireWellFormed: false, maxNewTokens: 12 };
    const found = await codes({ ...options, policy: await letterModel(), steps: 16, schedule: () => 15 });
    expect(found).toContain('rl/stops-vanish');
    expect(found).toContain('rl/length-drifts');
    const honest = await codes({ ...options, tasks: letterTasks, policy: await letterModel(), steps: 6 });
    expect(honest).toEqual([]);
  });

  /** Finds what the letters' model says out of the question. */
  const opposite = async (): Promise<NgramModel> => {
    const model = await letterModel();
    const snapshot = await model.snapshot();
    const turned = [...snapshot.parameters].map(
      ([name, { shape, data }]) => [name, { shape, data: data.map((logit) => -40 * logit) }] as const,
    );
    await model.restore({ ...snapshot, parameters: new Map(turned) });
    return model;
  };

  test('of a KL that explodes, in the loss and in the reward', async () => {
    const reference = await opposite();
    const objective = clippedPolicyGradient({ klCoefficient: 1e-6 });
    const policy = await BigramModel.of(await letterModel(), objective, 32);
    expect(await codes({ policy, reference })).toContain('rl/kl-explodes');
    expect(await codes({ policy: await letterModel(), reference, klPenalty: 1e-6 })).toContain(
      'rl/kl-explodes',
    );
    const near = await letterModel();
    expect(await codes({ policy: await letterModel(), reference: near, klPenalty: 1e-6 })).toEqual([]);
  });

  test('of ties and of answers that are all cut off', async () => {
    const hopeless: TaskSet = { ...letterTasks, reward: () => 0 };
    expect(await codes({ policy: await letterModel(), tasks: hopeless })).toEqual(['rl/groups-tied']);
    const noise = new NgramModel(tokenizer.vocabularySize, 32);
    expect(await codes({ policy: noise })).toEqual(['rl/groups-tied', 'rl/completions-truncated']);
  });
});

describe('a watch', () => {
  const answers = (lengths: readonly number[], stops: number): Rollout[] =>
    lengths.map((length, i) => ({
      task: letterTasks.train[0]!,
      prompt: Int32Array.of(1),
      ids: new Int32Array(length),
      logProbabilities: new Float32Array(length),
      mask: new Uint8Array(length).fill(1),
      stopReason: i < stops ? 'stop' : 'length',
      parts: [],
      wellFormed: true,
      reward: 0,
      toolCalls: 0,
      toolFailures: 0,
    }));
  const watched = () => {
    const said: [number, string][] = [];
    let now = 0;
    const watch = watchPolicy({
      maxNewTokens: 8,
      stage: 'rl',
      onEvent: (event) => {
        if (event.type === 'warning') said.push([now, event.code]);
      },
    });
    const see = (step: number, rollouts: readonly Rollout[], metrics = {}): void => {
      now = step;
      watch.rollouts(step, rollouts, 0);
      watch.update(step, metrics);
    };
    return { see, said };
  };

  test('says it again after it recovered, not at every step', () => {
    const { see, said } = watched();
    const [well, ill] = [answers([3, 3, 3, 3], 4), answers([3, 3, 3, 3], 0)];
    for (const [step, each] of [well, ill, ill, well, ill].entries()) see(step, each);
    const expected = ['rl/completions-truncated', 'rl/stops-vanish'];
    expect(said).toEqual([1, 4].flatMap((step) => expected.map((code) => [step, code])));
  });

  test('sees lengths shrink, and a KL that is no number', () => {
    const { see, said } = watched();
    for (let step = 0; step < 5; step++) see(step, answers([8, 8], 2), { kl: 1 });
    see(5, answers([4, 4], 2), { kl: 10 });
    see(6, answers([3, 4], 2), { kl: Number.NaN });
    expect(said).toEqual([
      [6, 'rl/length-drifts'],
      [6, 'rl/kl-explodes'],
    ]);
  });

  test('does not take answers that never came for short ones', () => {
    const { see, said } = watched();
    for (let step = 0; step < 8; step++) see(step, answers([8, 0, 0, 0], step < 5 ? 4 : 1));
    expect(said).toEqual([]);
  });
});
