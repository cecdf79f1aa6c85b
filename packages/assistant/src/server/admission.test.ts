import { expect, test } from 'vitest';
import { Admission } from './admission.js';

const never = new AbortController().signal;

test('places are given in order of arrival, and given back once', async () => {
  const admission = new Admission(2, 10);
  const entered: string[] = [];
  const enter = async (name: string, places: number): Promise<() => void> => {
    const leave = await admission.enter(places, never);
    entered.push(name);
    return leave;
  };
  const a = await enter('a', 1);
  const waiting = [enter('b', 2), enter('c', 1)];
  await new Promise((resolve) => setTimeout(resolve));
  // c would fit, but b came first.
  expect(entered).toEqual(['a']);
  expect([admission.active, admission.waiting]).toEqual([1, 2]);
  a();
  a();
  (await waiting[0]!)();
  (await waiting[1]!)();
  expect(entered).toEqual(['a', 'b', 'c']);
  expect([admission.active, admission.waiting]).toEqual([0, 0]);
});

test('a request of more choices than there are places takes them all', async () => {
  const admission = new Admission(2, 10);
  const leave = await admission.enter(5, never);
  expect(admission.active).toBe(2);
  leave();
  expect(admission.active).toBe(0);
});

test('a full queue is refused, and who leaves it makes room', async () => {
  const admission = new Admission(1, 1);
  const leave = await admission.enter(1, never);
  const left = new AbortController();
  const waiting = admission.enter(1, left.signal);
  await expect(admission.enter(1, never)).rejects.toMatchObject({
    status: 429,
    headers: { 'retry-after': '1' },
  });
  left.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  const next = admission.enter(1, never);
  leave();
  (await next)();
  await expect(admission.enter(1, left.signal)).rejects.toMatchObject({ name: 'AbortError' });
  expect([admission.active, admission.waiting]).toEqual([0, 0]);
});
