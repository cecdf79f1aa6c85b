/** Against itself without an interruption, and the files of the store. */
import { MemoryStore } from '@llm/core/stores';
import { createNodeExecutor } from '@llm/graph/node';
import { expect, test } from 'vitest';
import { type LoggedEvent, RunView } from '../../../wire/index.js';
import { exampleText } from './example-text.js';
import {
  at,
  createTraining,
  deleteTraining,
  type KeptChoice,
  keptNames,
  readTraining,
  trainOn,
} from './kept-training.js';
import { defaultChoice } from './training-choice.js';

const executor = createNodeExecutor({ threads: 1 });
const choice: KeptChoice = {
  ...defaultChoice,
  ...{ vocabularySize: 300, depth: 1, contextLength: 16, rows: 4, steps: 40 },
  ...{ device: 'wasm', createdAt: 1 },
};
const text = exampleText(40);
const ignore = (): void => {};
const lossesOf = async (store: MemoryStore): Promise<readonly (number | null)[]> => {
  const { view } = await readTraining(store, 'one');
  return RunView.fromJSON(view).stages.get(at)!.curves.get('loss')!.toJSON().mean;
};

async function begun(): Promise<MemoryStore> {
  const store = new MemoryStore();
  await createTraining(store, 'one', text, choice);
  return store;
}

test('paused, or cut off in the middle, it goes on to the same numbers', async () => {
  const whole = await begun();
  const heard: LoggedEvent[] = [];
  await trainOn(whole, 'one', { executor, onEvent: (event) => heard.push(event) });
  const expected = await lossesOf(whole);
  expect(expected).toHaveLength(40);
  expect(expected.at(-1)!).toBeLessThan(expected[0]! - 0.4);

  const paused = await begun();
  const control = new AbortController();
  const stopAt = (step: number) => (event: LoggedEvent) => {
    if (event.type === 'metric' && event.step === step && 'loss' in event.values) control.abort();
  };
  await expect(
    trainOn(paused, 'one', { executor, signal: control.signal, onEvent: stopAt(7) }),
  ).rejects.toThrow();
  expect((await readTraining(paused, 'one')).step).toBe(7);
  // A page that is closed has no time to save: its store stands where the last checkpoint was.
  const dead = new Error('the page was closed');
  await expect(
    trainOn(paused, 'one', {
      executor,
      onEvent: (event) => {
        if (event.type === 'metric' && event.step === 15 && 'loss' in event.values) throw dead;
      },
    }),
  ).rejects.toThrow(dead);
  const reopened = new MemoryStore();
  for (const key of await paused.list('')) await reopened.write(key, await paused.read(key));
  expect((await readTraining(reopened, 'one')).step).toBe(10);
  await trainOn(reopened, 'one', { executor, onEvent: ignore });
  expect(await lossesOf(reopened)).toEqual(expected);
  const model = 'one/model/step-00000040/model.safetensors';
  expect(await reopened.read(model)).toEqual(await whole.read(model));
  const samples = RunView.fromJSON((await readTraining(reopened, 'one')).view).samplesOf(at);
  // Two each, none of them twice.
  expect(samples.map(({ step }) => step)).toEqual([0, 0, 10, 10, 20, 20, 30, 30, 40, 40]);
  expect(samples.at(-1)).toMatchObject({
    text: heard.flatMap((event) => (event.type === 'sample' ? [event.text] : [])).at(-1),
  });
});

test('a loss that explodes ends it, with the last good checkpoint kept', async () => {
  const store = new MemoryStore();
  await createTraining(store, 'one', text, { ...choice, learningRate: 0.4, steps: 4000 });
  const failed = trainOn(store, 'one', { executor, onEvent: ignore });
  await expect(failed).rejects.toMatchObject({ code: 'model/training-diverged' });
  expect((await readTraining(store, 'one')).step).toBeGreaterThan(0);
});

test('names, repetitions of them, and deletion', async () => {
  const store = await begun();
  await expect(createTraining(store, 'one', text, choice)).rejects.toMatchObject({
    code: 'studio/name-taken',
  });
  for (const name of ['', '../x', 'a/b', 'Ä', 'x'.repeat(61)])
    await expect(createTraining(store, name, text, choice)).rejects.toMatchObject({
      code: 'studio/name-invalid',
    });
  expect(await keptNames(store)).toEqual(['one']);
  await deleteTraining(store, 'one');
  expect(await store.list('')).toEqual([]);
});
