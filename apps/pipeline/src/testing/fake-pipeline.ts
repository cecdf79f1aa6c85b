/**
 * A tiny pipeline to be killed: three stages that count, log metrics and save after every second step. Run as
 * a program: `fake-pipeline.ts DIRECTORY`; every step prints a dot.
 */
import { emit, type JsonValue } from '@llm/core';
import { type RunStagesOptions, runStages, type Stage } from '../run/stage-engine.js';

const encode = (value: JsonValue): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function countingStage(name: string, needs: string[], factor: number): Stage {
  return {
    name,
    title: `counts by ${factor}`,
    needs,
    settings: { factor, steps: 12 },
    run: async ({ store, signal, onEvent, remember, summaryOf }) => {
      const before = await remember('before', async () => ({
        total: (summaryOf(needs[0] ?? '').total as number) ?? 1,
      }));
      const key = `${name}/state.json`;
      let state = (await store.has(key))
        ? (JSON.parse(new TextDecoder().decode(await store.read(key))) as { step: number; total: number })
        : { step: 0, total: before.total };
      emit(onEvent, { type: 'stage-start', stage: 'counting', total: 12 });
      while (state.step < 12) {
        signal.throwIfAborted();
        await new Promise((resolve) => setTimeout(resolve, 4));
        emit(onEvent, { type: 'metric', stage: name, step: state.step, values: { loss: state.total } });
        state = { step: state.step + 1, total: (state.total * factor + state.step) % 1_000_003 };
        if (state.step % 2 === 0) await store.write(key, encode(state));
      }
      await store.write(`${name}/result.json`, encode(state));
      emit(onEvent, { type: 'stage-end', stage: 'counting', summary: { total: state.total } });
      return { total: state.total };
    },
    headline: ({ total }) => `total ${String(total)}`,
  };
}

export const fakeStages = (lastFactor = 11): Stage[] => [
  countingStage('one', [], 3),
  countingStage('two', ['one'], 7),
  countingStage('three', ['two', 'one'], lastFactor),
];

export const silentListener: RunStagesOptions['listener'] = {
  stageStarted: () => undefined,
  stageSkipped: () => undefined,
  stageFinished: () => undefined,
  event: () => undefined,
};

const directory = process.argv[2];
if (process.argv[1]?.endsWith('fake-pipeline.ts') && directory !== undefined) {
  await runStages({
    directory,
    command: 'fake',
    stages: fakeStages(),
    signal: new AbortController().signal,
    listener: {
      ...silentListener,
      event: (_stage, event) => void (event.type === 'metric' && process.stdout.write('.')),
    },
  });
}
