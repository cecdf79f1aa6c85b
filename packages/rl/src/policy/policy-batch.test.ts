import { describe, expect, test } from 'vitest';
import type { Rollout } from '../rollout/rollout.js';
import type { Aggregation } from './policy-batch.js';
import { createPolicyBatch } from './policy-batch.js';

function answer(
  prompt: number[],
  ids: number[],
  mask?: number[],
  stopReason: Rollout['stopReason'] = 'stop',
): Rollout {
  return {
    task: { id: 't', prompt: { messages: [] }, answer: '' },
    prompt: Int32Array.from(prompt),
    ids: Int32Array.from(ids),
    logProbabilities: Float32Array.from(ids, (id) => -id / 10),
    mask: Uint8Array.from(mask ?? ids.map(() => 1)),
    stopReason,
    parts: [],
    wellFormed: true,
    reward: 0,
    toolCalls: 0,
    toolFailures: 0,
  };
}
const base = { maxNewTokens: 8, contextLength: 64 };

describe('createPolicyBatch', () => {
  test('positions, targets, masks and old log-probabilities line up', () => {
    const rollouts = [answer([1, 2], [5, 6, 9], [1, 0, 1]), answer([1, 2, 3], [9])];
    const batch = createPolicyBatch({ ...base, rollouts, advantages: [2, -1], columnMultiple: 4 });
    expect(batch).toMatchObject({ rows: 2, columns: 4, normalizer: 3 });
    expect([...batch.inputs]).toEqual([1, 2, 5, 6, 1, 2, 3, 0]);
    expect([...batch.targets]).toEqual([2, 5, 6, 9, 2, 3, 9, 0]);
    expect([...batch.weights]).toEqual([0, 2, 0, 2, 0, 0, -1, 0]);
    expect([...batch.extraInputs!.active!]).toEqual([0, 1, 0, 1, 0, 0, 1, 0]);
    expect([...batch.extraInputs!.advantages!]).toEqual([0, 2, 0, 2, 0, 0, -1, 0]);
    const old = [0, -0.5, 0, -0.9, 0, 0, -0.9, 0].map(Math.fround);
    expect([...batch.extraInputs!.oldLogProbabilities!]).toEqual(old);
  });

  test('answers to one prompt are branches after it', () => {
    const rollouts = [answer([1, 2], [5, 6, 9], [1, 0, 1]), answer([1, 2], [9]), answer([3], [4])];
    const shared = { ...base, rollouts, advantages: [2, -1, 1], columnMultiple: 3, answersPerPrompt: 2 };
    const batch = createPolicyBatch(shared);
    expect(batch).toMatchObject({ rows: 2, columns: 6, normalizer: 4 });
    expect([...batch.inputs]).toEqual([1, 2, 5, 6, 2, 0, 3, 0, 0, 0, 0, 0]);
    expect([...batch.targets]).toEqual([2, 5, 6, 9, 9, 0, 4, 0, 0, 0, 0, 0]);
    expect([...batch.branches!]).toEqual([0, 1, 1, 1, 2, 3, 1, 2, 3, 4, 5, 6]);
    expect([...batch.weights]).toEqual([0, 2, 0, 2, -1, 0, 1, 0, 0, 0, 0, 0]);
    const other = { ...shared, answersPerPrompt: 3 };
    expect(() => createPolicyBatch(other)).toThrow('Rollouts 0 and 2 answer different prompts');
  });

  test('as many answers share a row as are the least work, and rows are filled up', () => {
    const prompt = Array(40).fill(1);
    const rollouts = [30, 5, 12, 9, 14, 3].map((length) => answer(prompt, Array(length).fill(2)));
    const advantages = [1, 1, 1, 1, 1, 1];
    const options = { ...base, rollouts, advantages, contextLength: 256, answersPerPrompt: 6 };
    const batch = createPolicyBatch(options);
    // 39 + 73 positions at once, for 6 × 80 apart.
    expect(batch).toMatchObject({ rows: 1, columns: 112, normalizer: 73 });
    expect(batch.weights.reduce((sum, weight) => sum + weight, 0)).toBe(73);
    const equal = rollouts.map(() => answer([1], Array(96).fill(2)));
    const short = createPolicyBatch({ ...options, rollouts: equal, maxNewTokens: 96 });
    expect(short).toMatchObject({ rows: 6, branches: undefined });
    const filled = createPolicyBatch({ ...options, rowsAtOnce: 4 });
    expect(filled.rows % 4).toBe(0);
    // Of rows that only fill up nothing is scored; they begin
    // like a prompt, and no branch of theirs is longer than 1.
    const last = filled.branches!.subarray(-filled.columns);
    expect(Array.from(last, (branch) => branch)).toEqual(
      Array.from({ length: filled.columns }, (_, column) => Math.max(0, column - 38)),
    );
    expect(filled.columns).toBeGreaterThan(70);
    const total = filled.weights.reduce((sum, weight) => sum + weight, 0);
    expect(total).toBe(73);
  });

  test('what has no advantage can be left out, and still counts in the normalizer', () => {
    const rollouts = [answer([1], [2]), answer([1], [3]), answer([4, 4], [5]), answer([4, 4], [6, 7])];
    const tied = { ...base, rollouts, columnMultiple: 2, leaveTied: true };
    const shared = createPolicyBatch({ ...tied, advantages: [0, 0, 1, 0], answersPerPrompt: 2 });
    expect(shared).toMatchObject({ rows: 1, columns: 4, normalizer: 5 });
    // The longest stands first.
    expect([...shared.targets]).toEqual([4, 6, 7, 5]);
    const apart = createPolicyBatch({ ...tied, advantages: [0, 0, 1, 0] });
    expect(apart).toMatchObject({ rows: 1, columns: 2, normalizer: 5 });
    const nothing = createPolicyBatch({ ...tied, advantages: [0, 0, 0, 0], answersPerPrompt: 2 });
    expect([nothing.rows, Math.max(...nothing.weights)]).toEqual([1, 0]);
  });

  test('columns are rounded up to few widths, never past the window', () => {
    const rollouts = [answer(Array(20).fill(1), Array(14).fill(2))];
    expect(createPolicyBatch({ ...base, rollouts, advantages: [1] }).columns).toBe(48);
    expect(createPolicyBatch({ ...base, rollouts, advantages: [1], contextLength: 33 }).columns).toBe(33);
    expect(() => createPolicyBatch({ ...base, rollouts, advantages: [1], contextLength: 32 })).toThrow(
      /33 positions/,
    );
  });

  // Hand-computed: token losses [1, 1] and [½, ½, ½, ½], at most 8 new tokens.
  test.each<[Aggregation, number]>([
    ['sequence', 0.75],
    ['token', 4 / 6],
    ['constant', 0.25],
    ['sequence-sum', 2],
  ])('%s averages to %f', (aggregation, expected) => {
    const rollouts = [answer([1], [2, 3]), answer([1], [2, 3, 4, 5])];
    const { extraInputs, normalizer, columns } = createPolicyBatch({
      ...base,
      rollouts,
      advantages: [0, 0],
      aggregation,
    });
    const losses = [1, 0.5];
    const sum = extraInputs!.active!.reduce(
      (total, share, i) => total + share * losses[Math.floor(i / columns)]!,
      0,
    );
    expect(sum / normalizer).toBeCloseTo(expected, 6);
  });

  test('cut-off answers can be left out; nothing active is loss 0 ÷ 1', () => {
    const rollouts = [answer([1], [2], [1], 'length'), answer([1], [2])];
    const masked = createPolicyBatch({ ...base, rollouts, advantages: [1, 1], maskTruncated: true });
    expect([masked.normalizer, masked.weights[0], masked.weights[16]]).toEqual([1, 0, 1]);
    const nothing = createPolicyBatch({
      ...base,
      rollouts: [rollouts[0]!],
      advantages: [1],
      maskTruncated: true,
    });
    expect([nothing.normalizer, Math.max(...nothing.weights)]).toEqual([1, 0]);
  });

  test('an advantage that is no number, and too few of them, are named by their place', () => {
    const rollouts = [answer([1], [2]), answer([1], [2])];
    const create = (advantages: number[]) => () => createPolicyBatch({ ...base, rollouts, advantages });
    expect(create([0, Number.NaN])).toThrow('advantages[1] is NaN');
    expect(create([0])).toThrow('advantages[1] is undefined');
    expect(() => createPolicyBatch({ ...base, rollouts, advantages: [0, 0], columnMultiple: 0 })).toThrow(
      'columnMultiple is 0',
    );
  });
});
