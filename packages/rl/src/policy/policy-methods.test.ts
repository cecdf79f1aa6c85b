import { describe, expect, test } from 'vitest';
import { BigramModel } from '../fixtures/bigram-model.js';
import { letterModel, letterTasks, parameterDigest, renderer, tokenizer } from '../fixtures/letter-tasks.js';
import { clippedValueLoss } from './clipped-value-loss.js';
import { type PolicyMethodName, policyMethod } from './policy-methods.js';
import { trainPolicy } from './train-policy.js';

// Slow: a policy practises by every method until it is better

const base = {
  renderer,
  tasks: letterTasks,
  steps: 6,
  promptsPerStep: 2,
  samplesPerPrompt: 8,
  maxNewTokens: 4,
  seed: 1,
};
/** How likely it says the letter that is rewarded. */
const chance = async (model: BigramModel): Promise<number> => {
  const inputs = renderer.renderPrompt(letterTasks.train[0]!.prompt).slice(-1);
  const targets = Int32Array.from(tokenizer.encode('b'));
  return Math.exp((await model.logProbabilities({ rows: 1, columns: 1, inputs, targets }))[0]!);
};
const criticOf = async () => ({
  model: await BigramModel.of(await letterModel(), clippedValueLoss()),
  learningRate: 0.5,
});

describe('every method learns what is rewarded', () => {
  test.each<[PolicyMethodName, number]>([
    ['reinforce', 10],
    ['rloo', 5],
    ['grpo', 4],
    ['bnpo', 4],
    ['dapo', 4],
    ['dr_grpo', 20],
    ['gspo', 4],
    ['cispo', 4],
    ['ppo', 4],
    ['rejection', 10],
  ])('%s', async (name, rate) => {
    const method = policyMethod(name);
    const policy = await BigramModel.of(await letterModel(), method.objective());
    const critic = name === 'ppo' ? await criticOf() : undefined;
    await trainPolicy({ ...base, ...method.training, policy, critic, schedule: () => rate });
    expect(await chance(policy)).toBeGreaterThan(0.5);
  });

  test('a name that is none is refused', () => {
    expect(() => policyMethod('a2c' as 'ppo')).toThrow('method is "a2c"');
  });
});

describe('a critic', () => {
  test('learns what to expect, keeps step with the policy, and both go on to the bit', async () => {
    const method = policyMethod('ppo');
    const options = { ...base, steps: 2, updatesPerBatch: 2, optimizerBatches: 2, schedule: () => 2 };
    const policyOf = async () => BigramModel.of(await letterModel(), method.objective());
    const [straight, critic] = [await policyOf(), await criticOf()];
    await trainPolicy({ ...options, policy: straight, critic });
    expect([straight.stepsTaken, critic.model.stepsTaken]).toEqual([8, 8]);
    const [first, firstCritic] = [await policyOf(), await criticOf()];
    await trainPolicy({ ...options, steps: 1, policy: first, critic: firstCritic });
    const [second, secondCritic] = [await policyOf(), await criticOf()];
    await second.restore(await first.snapshot());
    await expect(trainPolicy({ ...options, policy: second, critic: secondCritic })).rejects.toMatchObject({
      code: 'rl/critic-out-of-step',
    });
    await secondCritic.model.restore(await firstCritic.model.snapshot());
    await trainPolicy({ ...options, policy: second, critic: secondCritic });
    expect(await parameterDigest(second)).toBe(await parameterDigest(straight));
    expect(await parameterDigest(secondCritic.model)).toBe(await parameterDigest(critic.model));
  });

  test('expects the mean reward where the task begins', async () => {
    const policy = await BigramModel.of(await letterModel(), policyMethod('ppo').objective());
    const critic = { ...(await criticOf()), lambda: 1 };
    await trainPolicy({ ...base, steps: 20, policy, critic, schedule: () => 0 });
    const batch = policy.batches.at(-1)!;
    const first = batch.extraInputs!.active!.indexOf(1);
    const [value] = await critic.model.values({
      rows: 1,
      columns: 1,
      inputs: batch.inputs.slice(first, first + 1),
      targets: new Int32Array(1),
    });
    // One letter of four is rewarded.
    expect(value).toBeGreaterThan(0.15);
    expect(value).toBeLessThan(0.35);
  });
});
