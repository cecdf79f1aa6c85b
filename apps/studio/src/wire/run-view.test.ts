import { describe, expect, test } from 'vitest';
import type { LoggedEvent } from './run-event.js';
import { isLoggedEvent } from './run-event.js';
import { RunView } from './run-view.js';

const metric = (at: string, step: number, values: Record<string, number | null>): LoggedEvent => ({
  type: 'metric',
  ...{ stage: at, at, step, values, time: step },
});

const resources = (time: number, wallSeconds: number, cpuSeconds: number): LoggedEvent => ({
  ...{ type: 'resources', at: 'crawl', time, wallSeconds, cpuSeconds },
  ...{ peakMemoryBytes: 7, otherCpuSeconds: 0, processors: 2 },
});

/** A run that was killed at step 3 of its first stage, went on, and began its second stage twice. */
const events: LoggedEvent[] = [
  { type: 'session-start', time: 0, command: 'llm run' },
  { type: 'stage-start', at: 'pretrain', stage: 'pretrain', time: 1, resumed: false },
  metric('pretrain', 1, { loss: 5 }),
  metric('pretrain', 2, { loss: 4 }),
  metric('pretrain', 3, { loss: 3 }),
  { type: 'session-start', time: 10, command: 'llm run --run x' },
  { type: 'stage-start', at: 'pretrain', stage: 'pretrain', time: 11, resumed: true },
  metric('pretrain', 2, { loss: 4 }),
  metric('pretrain', 3, { loss: 3 }),
  { type: 'artifact', at: 'pretrain', stage: 'pretrain', time: 12, key: 'x/step-3', kind: 'checkpoint' },
  metric('pretrain', 4, { loss: null }),
  {
    ...{ type: 'stage-end', at: 'pretrain', stage: 'pretrain', time: 13, summary: { steps: 4 } },
    ...{ wallSeconds: 3, peakMemoryBytes: 5 },
  },
  { type: 'stage-start', at: 'sft', stage: 'sft', time: 14, resumed: false },
  metric('sft', 1, { loss: 9 }),
  resources(15_000, 2, 3),
  resources(16_000, 4, 6),
  { type: 'warning', at: 'sft', stage: 'sft', time: 15, code: 'a/b', message: 'old' },
  { type: 'stage-start', at: 'sft', stage: 'sft', time: 16, resumed: false },
  { type: 'progress', at: 'sft', stage: 'sft', time: 17, done: 1, total: 2, unit: 'steps' },
  { type: 'sample', at: 'sft', stage: 'sft', time: 18, step: 1, title: 'one', text: '<b>' },
];

const viewOf = (some: readonly LoggedEvent[]): RunView => {
  const view = new RunView();
  for (const event of some) view.apply(event);
  return view;
};

describe('a run as its events tell it', () => {
  test('repeated steps count once, and a stage begun afresh forgets what was before', () => {
    const view = viewOf(events);
    const pretrain = view.stages.get('pretrain')!;
    expect(pretrain).toMatchObject({ status: 'complete', startedAt: 1, endedAt: 13, summary: { steps: 4 } });
    expect(pretrain.curves.get('loss')!.toJSON()).toMatchObject({
      step: [1, 2, 3, 4],
      mean: [5, 4, 3, null],
      firstNotNumber: 4,
    });
    expect(view.artifacts).toMatchObject([{ key: 'x/step-3', step: 3 }]);
    const sft = view.stages.get('sft')!;
    expect(sft).toMatchObject({ status: 'running', startedAt: 16, progress: { done: 1, total: 2 } });
    expect(sft.curves.size).toBe(0);
    expect(view.warnings).toEqual([]);
    expect(view.samplesOf('sft')).toMatchObject([{ title: 'one', text: '<b>' }]);
    const crawl = view.stages.get('crawl')!;
    // Between the two measurements 3 seconds of processors in 2 seconds.
    expect(crawl.curves.get('resources/processors')!.toJSON().mean).toEqual([1.5]);
    expect(crawl.curves.get('resources/peak_memory_bytes')!.toJSON().mean).toEqual([7]);
    expect(view.sessions.length).toBe(2);
    expect(view.events).toBe(events.length);
  });

  test('goes on from its JSON, wherever it was cut', () => {
    const whole = viewOf(events).toJSON();
    for (let cut = 0; cut <= events.length; cut++) {
      const first = viewOf(events.slice(0, cut));
      const joined = RunView.fromJSON(JSON.parse(JSON.stringify(first)));
      for (const event of events.slice(cut)) joined.apply(event);
      expect(joined.toJSON()).toEqual(whole);
    }
  });

  test('100,000 samples and steps stay a bounded number, the first and the newest among them', () => {
    const view = new RunView();
    for (let step = 0; step < 100_000; step++) {
      view.apply(metric('rl', step, { reward: step }));
      view.apply({ type: 'sample', at: 'rl', stage: 'rl', time: step, step, title: '', text: '' });
    }
    const samples = view.samplesOf('rl');
    expect(samples.length).toBeLessThanOrEqual(257);
    expect([samples[0]!.step, samples.at(-1)!.step]).toEqual([0, 99_999]);
    expect(JSON.stringify(view).length).toBeLessThan(200_000);
  });

  test('a line without the fields that are read is no event', () => {
    const damaged = [
      null,
      7,
      {},
      { type: 'metric', time: 1, at: 'x', step: 1 },
      { type: 'metric', time: 1, at: 'x', step: '1', values: {} },
      { type: 'metric', time: 1, at: 'x', step: 1, values: { loss: '3' } },
      { type: 'sample', time: 1, at: 'x', step: 1, title: {}, text: '' },
      { type: 'stage-end', time: 1, at: 'x', summary: null },
      { type: 'unheard-of', time: 1, at: 'x' },
      { type: 'progress', time: 1, done: 1, unit: 'pages' },
    ];
    expect(damaged.filter(isLoggedEvent)).toEqual([]);
    expect(events.every(isLoggedEvent)).toBe(true);
  });
});
