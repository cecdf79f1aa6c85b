import { messageText } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { BigramModel } from '../fixtures/bigram-model.js';
import { letterModel, letterTasks, parameterDigest, renderer, tokenizer } from '../fixtures/letter-tasks.js';
import { directPreference } from './direct-preference.js';
import { createJudge, judgeReward } from './judge.js';
import { trainOnlinePreferences } from './train-online-preferences.js';

// Slow: a policy practises until it is better

const policyOf = async () => BigramModel.of(await letterModel(), directPreference());
const base = { renderer, tasks: letterTasks, steps: 5, promptsPerStep: 16, maxNewTokens: 4, seed: 1 };
const chance = async (model: BigramModel, letter: string): Promise<number> => {
  const inputs = renderer.renderPrompt(letterTasks.train[0]!.prompt).slice(-1);
  const targets = Int32Array.from(tokenizer.encode(letter));
  return Math.exp((await model.logProbabilities({ rows: 1, columns: 1, inputs, targets }))[0]!);
};

describe('online DPO', () => {
  test('what a reward likes of its own answers becomes likelier; to the bit after a stop', async () => {
    const reference = await letterModel();
    const policy = await policyOf();
    const report = await trainOnlinePreferences({ ...base, policy, reference, schedule: () => 60 });
    // Ties count in the mean and are worth ln 2 with no gradient; so is every pair at the first step.
    expect(report.losses[0]).toBeCloseTo(Math.LN2, 5);
    expect(await chance(policy, 'b')).toBeGreaterThan(0.5);
    const tied = policy.batches[0]!.weights;
    expect(tied.some((weight) => weight === 1)).toBe(true);
    const first = await policyOf();
    await trainOnlinePreferences({ ...base, steps: 2, policy: first, reference, schedule: () => 60 });
    await trainOnlinePreferences({ ...base, policy: first, reference, schedule: () => 60 });
    expect(await parameterDigest(first)).toBe(await parameterDigest(policy));
  });

  test('a judge in the place of the reward', async () => {
    const policy = await policyOf();
    const judge = createJudge({
      ask: async (question) => {
        const [, a, b] = /\[Answer A\]\n(.*)\n\n\[Answer B\]\n(.*)\n/.exec(question)!;
        if (a === b) return 'A';
        return `I think ${a === 'd' ? 'A' : b === 'd' ? 'B' : 'neither'}`;
      },
    });
    await trainOnlinePreferences({
      ...base,
      policy,
      reference: await letterModel(),
      judge,
      schedule: () => 60,
    });
    expect(await chance(policy, 'd')).toBeGreaterThan(0.5);
  });
});

describe('judge', () => {
  const prompt = letterTasks.train[0]!.prompt;
  const say = (text: string) => [{ type: 'text', text } as const];

  test('is asked in both orders; a taste for places is no verdict', async () => {
    const questions: string[] = [];
    const judgeOf = (reply: (question: string) => string, oneOrder = false) =>
      createJudge({
        oneOrder,
        ask: async (question) => {
          questions.push(question);
          return reply(question);
        },
      });
    expect(await judgeOf(() => 'A')(prompt, say('x'), say('y'))).toBe('none');
    expect(questions.length).toBe(2);
    expect(questions[0]).toContain('[Conversation]\nuser: which?\n\n[Answer A]\nx\n\n[Answer B]\ny');
    expect(questions[1]).toContain('[Answer A]\ny\n\n[Answer B]\nx');
    expect(await judgeOf(() => 'A', true)(prompt, say('x'), say('y'))).toBe('first');
    expect(await judgeOf(() => 'Both. A is short, so: B.', true)(prompt, say('x'), say('y'))).toBe('second');
    expect(await judgeOf(() => 'ABBA')(prompt, say('x'), say('y'))).toBe('none');
    const longer = (question: string) => {
      const [, a = '', b = ''] = /\[Answer A\]\n(.*)\n\n\[Answer B\]\n(.*)\n/.exec(question)!;
      return a.length > b.length ? 'A' : 'B';
    };
    expect(await judgeOf(longer)(prompt, say('x'), say('yy'))).toBe('second');
  });

  test('as a reward gives a share of ten, or cannot say', async () => {
    const task = letterTasks.train[0]!;
    const scoreOf = (reply: string) => judgeReward({ ask: async () => reply })(task, say('b'));
    expect(await scoreOf('Good: 7')).toBe(0.7);
    expect(await scoreOf('10')).toBe(1);
    expect(await scoreOf('I give it 8 / 10.')).toBe(0.8);
    expect(await scoreOf('11 out of 3.5')).toBeNull();
    expect(await scoreOf('fine')).toBeNull();
    expect(messageText(say('b'))).toBe('b');
  });
});
