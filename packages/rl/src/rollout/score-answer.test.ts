import type { Part, Task, TaskSet } from '@llm/core';
import { textMessage } from '@llm/core';
import { expect, test } from 'vitest';
import { scoreAnswer as scoreOne } from './score-answer.js';
import { callTogether } from './within-time.js';

const task: Task = { id: 'sum-7', prompt: { messages: [textMessage('user', '1+1?')] }, answer: '2' };
const parts: Part[] = [{ type: 'text', text: '2' }];
const scoreAnswer = (
  reward: TaskSet['reward'],
  task: Task,
  parts: readonly Part[],
  how: { readonly name?: string; readonly timeoutSeconds?: number } = {},
): Promise<number> =>
  callTogether(undefined, (withinTime) => scoreOne(reward, task, parts, { ...how, withinTime }));
/** A reward as JavaScript lets one write it. */
const giving = (value: unknown) => () => value as number;

test.each([
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, 'Infinity'],
  [undefined, 'undefined'],
  [null, 'null'],
  ['1', '"1"'],
  [true, 'true'],
  [1n, '1n'],
  [[1], 'a list of 1'],
  [{ score: 1 }, 'an object'],
  [Promise.resolve(Number.NaN), 'NaN'],
  [Promise.resolve('1'), '"1"'],
])('%s is no reward', async (value, described) => {
  await expect(scoreAnswer(giving(value), task, parts, { name: 'sums' })).rejects.toMatchObject({
    code: 'rl/reward-invalid',
    message: expect.stringContaining(`The reward "sums" gave ${described} for an answer to task "sum-7"`),
    details: { reward: 'sums', task: 'sum-7', value: described },
  });
});

test('a number, a promise of one and an asynchronous function are rewards', async () => {
  expect(await scoreAnswer(() => -0.5, task, parts)).toBe(-0.5);
  expect(await scoreAnswer(() => Promise.resolve(1), task, parts)).toBe(1);
  const judge = async ({ answer }: Task, said: readonly Part[]) =>
    (said[0] as { text: string }).text === answer ? 1 : 0;
  expect(await scoreAnswer(judge, task, parts)).toBe(1);
});

test('a reward that throws is named, with its cause', async () => {
  const cause = new RangeError('no judge');
  for (const broken of [
    () => {
      throw cause;
    },
    () => Promise.reject(cause),
  ])
    await expect(scoreAnswer(broken, task, parts, { name: 'judge' })).rejects.toMatchObject({
      code: 'rl/reward-failed',
      message: 'The reward "judge" failed on an answer to task "sum-7": no judge',
      cause,
    });
});

/** Objects that throw when they are looked at, in each way that a description or a promise looks. */
const closed = new Proxy(
  {},
  {
    has: () => {
      throw new TypeError('closed');
    },
  },
);
const revoked = (() => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
})();

test('what cannot be looked at is no reward, whatever it does about it', async () => {
  const generator = async function* () {
    yield 1;
  };
  const promising = (description: PropertyDescriptor) => Object.defineProperty({}, 'then', description);
  const silent = promising({ value: () => undefined });
  const lying = promising({ value: (resolve: (value: unknown) => void) => resolve('1') });
  const throwing = promising({
    get: () => {
      throw new RangeError('look away');
    },
  });
  for (const [value, message] of [
    [closed, 'gave an object that lets nobody look at it'],
    [revoked, 'failed on an answer to task "sum-7": Cannot perform'],
    [generator(), 'gave an asynchronous generator'],
    [silent, 'failed on an answer to task "sum-7": no answer within 0.02 s'],
    [throwing, 'failed on an answer to task "sum-7": look away'],
    [lying, 'gave "1"'],
  ] as const)
    await expect(
      scoreAnswer(giving(value), task, parts, { name: 'sums', timeoutSeconds: 0.02 }),
    ).rejects.toThrow(`The reward "sums" ${message}`);
});

test('a reward that throws what is no error, or one that cannot be read, is named all the same', async () => {
  const unreadable = Object.defineProperty(new Error(), 'message', { get: () => giving(1)().toFixed(999) });
  for (const [thrown, text] of [
    [undefined, 'undefined'],
    [Symbol('x'), 'Symbol(x)'],
    [Object.create(null), 'it threw something that has no text'],
    [revoked, 'it threw something that has no text'],
    [unreadable, 'it threw something that has no text'],
  ] as const) {
    const broken = () => {
      throw thrown;
    };
    await expect(scoreAnswer(broken, task, parts, { name: 'sums' })).rejects.toMatchObject({
      code: 'rl/reward-failed',
      message: `The reward "sums" failed on an answer to task "sum-7": ${text}`,
    });
  }
});
