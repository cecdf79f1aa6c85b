import type { RunEvent } from '@llm/core';
import { textMessage } from '@llm/core';
import { NgramModel } from '@llm/core/testing';
import { describe, expect, test } from 'vitest';
import { letterModel, parameterDigest, renderer, tokenizer } from '../fixtures/letter-tasks.js';
import {
  createPreferenceBatch,
  type PreferencePair,
  preferenceLayout,
  renderPair,
} from './preference-batch.js';
import { trainPreferences } from './train-preferences.js';

const prompt = {
  messages: [textMessage('user', 'q'), textMessage('assistant', 'old'), textMessage('user', 'r')],
};
const say = (text: string) => [{ type: 'text', text } as const];
const pairs: PreferencePair[] = Array.from({ length: 10 }, (_, i) => ({
  id: `p${i}`,
  prompt,
  chosen: say('b'.repeat(1 + (i % 3))),
  rejected: say('a'),
}));

describe('createPreferenceBatch', () => {
  test('pairs lie in neighbouring rows and weigh the last answer only', () => {
    const layout = { isShared: false, columns: 24, place: 'answers' } as const;
    const batch = createPreferenceBatch([renderPair(pairs[1]!, renderer, 64)], layout);
    expect(batch).toMatchObject({ rows: 2, columns: 24, normalizer: 1 });
    const trained = (row: number): string =>
      tokenizer.decode(
        batch.targets.slice(row * 24, (row + 1) * 24).filter((_, i) => batch.weights[row * 24 + i] === 1),
      );
    expect(trained(0)).toBe('bb<|assistant_end|>');
    expect(trained(1)).toBe('a<|assistant_end|>');
    expect([...batch.inputs.slice(0, 10)]).toEqual([...batch.inputs.slice(24, 34)]);
  });

  test.each(['answers', 'ends'] as const)('or share a row behind their prompt, %s', (place) => {
    const pair = renderPair({ ...pairs[1]!, margin: 3 }, renderer, 64, place);
    const layout = preferenceLayout([pair], 32, place);
    // What is shared but its last token, which begins both branches; an end is a position of its own.
    const shared = renderer.renderPrompt(prompt).length - 1;
    const own = place === 'ends' ? [4, 3] : [3, 2];
    expect(layout).toEqual({ isShared: true, columns: 16 * Math.ceil((shared + 7) / 16), shared, place });
    const { inputs, targets, branches, weights, extraInputs, ...batch } = createPreferenceBatch(
      [pair],
      layout,
    );
    expect(batch).toEqual({ rows: 1, columns: layout.columns, normalizer: 1 });
    const branch = (number: number): number[] => [...branches!.keys()].filter((i) => branches![i] === number);
    expect([0, 1, 2].map((number) => branch(number).length)).toEqual([shared, ...own]);
    expect(branches!.lastIndexOf(0)).toBe(shared - 1);
    for (const [number, { ids, mask }] of [pair.chosen, pair.rejected].entries()) {
      const way = [...branch(0), ...branch(number + 1)];
      expect(way.map((i) => inputs[i])).toEqual([...ids.subarray(0, way.length)]);
      expect(way.slice(0, ids.length - 1).map((i) => targets[i])).toEqual([...ids.subarray(1)]);
      const weighed = way.map((i) => (number === 0 ? weights[i]! : 0 - weights[i]!));
      if (place === 'answers') expect(weighed).toEqual([...mask.subarray(1)]);
      else expect(weighed.indexOf(1)).toBe(mask.lastIndexOf(1));
    }
    expect(extraInputs!.margin!.filter((value) => value !== 0)).toEqual(Float32Array.of(3));
    expect(branches![extraInputs!.margin!.indexOf(3)]).toBe(1);
  });

  test('share none where answers are long and the prompt is short', () => {
    const [chosen, rejected] = [say('b'.repeat(900)), say('a'.repeat(900))];
    const pair = renderPair({ prompt, chosen, rejected }, renderer, 1024);
    expect(preferenceLayout([pair], 1024)).toMatchObject({ isShared: false, columns: 1024 });
  });
});

describe('trainPreferences', () => {
  const options = { renderer, pairs, steps: 6, pairsPerStep: 4, schedule: () => 0.1, seed: 2 };

  test('reference log-probabilities line up with the batch, every pass shows each pair once', async () => {
    const policy = await letterModel();
    const events: RunEvent[] = [];
    const reference = await letterModel();
    const report = await trainPreferences({
      ...options,
      steps: 5,
      policy,
      reference,
      onEvent: (event) => events.push(event),
    });
    expect(report).toMatchObject({ stepsTaken: 5, skipped: 0 });
    expect(policy.batches.length).toBe(5);
    expect([...policy.batches[0]!.extraInputs!.referenceLogProbabilities!]).toEqual([
      ...(await reference.logProbabilities(policy.batches[0]!)),
    ]);
    // 20 pairs drawn from 10: each twice, so 6 of 20 chosen answers are "bbb", as in two passes.
    const chosenLengths = policy.batches.flatMap(({ weights, columns }) =>
      [0, 2, 4, 6].map((row) =>
        weights.subarray(row * columns, (row + 1) * columns).reduce((a, b) => a + b, 0),
      ),
    );
    expect(chosenLengths.filter((length) => length === 4).length).toBe(6);
    expect(events.filter(({ type }) => type === 'metric').length).toBe(5);
  });

  test('continues to the bit, skips what does not fit, refuses to train on nothing', async () => {
    const straight = await letterModel();
    await trainPreferences({ ...options, policy: straight });
    const first = await letterModel();
    await trainPreferences({ ...options, policy: first, steps: 4 });
    const second = new NgramModel(tokenizer.vocabularySize, 32);
    await second.restore(await first.snapshot());
    await trainPreferences({ ...options, policy: second });
    expect(await parameterDigest(second)).toBe(await parameterDigest(straight));
    const long = { prompt, chosen: say('b'.repeat(99)), rejected: say('a') };
    const policy = await letterModel();
    expect(await trainPreferences({ ...options, policy, pairs: [...pairs, long] })).toMatchObject({
      skipped: 1,
    });
    await expect(trainPreferences({ ...options, policy, pairs: [long] })).rejects.toMatchObject({
      code: 'rl/no-pairs',
      message: expect.stringContaining('1 too-long (pair 0: The chosen answer'),
    });
  });

  test('every pair left out is named with its reason, and none ends the run', async () => {
    const long = { id: 'long', prompt, chosen: say('b'.repeat(99)), rejected: say('a') };
    const nameless = { type: 'tool-call', tool: '', input: '1' } as const;
    const broken = { id: 'broken', prompt, chosen: [nameless], rejected: say('a') };
    const endless = {
      prompt: { messages: prompt.messages.slice(0, 2) },
      chosen: say('b'),
      rejected: say('a'),
    };
    const events: RunEvent[] = [];
    const policy = await letterModel();
    const report = await trainPreferences({
      ...options,
      policy,
      pairs: [long, ...pairs, broken, endless, { ...long, id: 'longer' }],
      onEvent: (event) => events.push(event),
    });
    expect(report.skipped).toBe(4);
    expect(report.skippedPairs.map(({ index, id, reason }) => [index, id, reason])).toEqual([
      [0, 'long', 'too-long'],
      [11, 'broken', 'invalid'],
      [12, undefined, 'invalid'],
      [13, 'longer', 'too-long'],
    ]);
    const warnings = events.flatMap((event) => (event.type === 'warning' ? [event] : []));
    expect(warnings).toMatchObject([{ code: 'rl/pairs-skipped', stage: 'preferences' }]);
    expect(warnings[0]!.message).toMatch(
      /^4 of 14 pairs left out: 2 too-long \(long: .*; also longer\), 2 invalid \(broken: /,
    );
    expect(policy.stepsTaken).toBe(6);
  });

  test('a reference with a smaller window decides what fits', async () => {
    const reference = new NgramModel(tokenizer.vocabularySize, 12);
    const short = { prompt: { messages: [textMessage('user', 'q')] }, chosen: say('b'), rejected: say('a') };
    const report = await trainPreferences({
      ...options,
      policy: await letterModel(),
      reference,
      pairs: [...pairs, short],
      steps: 1,
    });
    expect(report.skipped).toBe(10);
  });

  test('options that are no such numbers are refused by name', async () => {
    const policy = await letterModel();
    for (const option of ['pairsPerStep', 'pairsAtOnce', 'columns'] as const)
      for (const value of [0, 1.5, Number.NaN])
        await expect(trainPreferences({ ...options, policy, [option]: value })).rejects.toMatchObject({
          code: 'core/option-invalid',
          details: { option },
        });
  });
});
