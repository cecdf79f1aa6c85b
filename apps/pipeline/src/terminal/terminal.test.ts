import { describe, expect, test } from 'vitest';
import type { LoggedEvent, StageCost } from '../run/event-log.js';
import type { Stage } from '../run/stage-engine.js';
import { captureOutput } from '../testing/captured-output.js';
import { formatBytes, formatCount, formatMetric, formatSeconds } from './format.js';
import { createProgressDisplay, lineDisplay } from './progress-display.js';
import { ProgressRate } from './progress-rate.js';
import { shownText } from './shown-text.js';
import { StageActivity } from './stage-activity.js';

const stage: Stage = {
  name: 'base',
  title: 'learns',
  needs: [],
  settings: {},
  run: async () => ({}),
  headline: () => 'It learned.',
};
const cost: StageCost = {
  wallSeconds: 75,
  peakMemoryBytes: 512e6,
  cpuSeconds: 140,
  otherCpuSeconds: 1,
  processors: 2,
  sessions: 1,
};

describe('progress', () => {
  test('rate and time left are those of the last seconds', () => {
    const rate = new ProgressRate();
    const unknown = { perSecond: undefined, secondsLeft: undefined };
    expect(rate.estimate(0)).toEqual(unknown);
    rate.update(0, 0, 1000);
    expect(rate.estimate(0)).toEqual(unknown);
    rate.update(10_000, 10, 1000);
    expect(rate.estimate(10_000)).toEqual({ perSecond: 1, secondsLeft: 990 });
    for (let second = 11; second <= 60; second++) rate.update(second * 1000, 10 + (second - 10) * 10, 1000);
    rate.update(61_000, 520, 1000);
    expect(rate.estimate(61_000)).toEqual({ perSecond: 10, secondsLeft: 48 });
    // Slower by a factor of ten: after the window nothing of the old speed is left.
    for (let second = 62; second <= 73; second++) rate.update(second * 1000, 520 + second - 61, 1000);
    expect(rate.estimate(73_000).perSecond).toBe(1);
    // It stands still, and nobody says so.
    expect(rate.estimate(172_000).perSecond).toBeLessThan(0.11);
    rate.update(173_000, 0, undefined);
    expect(rate.estimate(173_000)).toEqual(unknown);
  });

  test('a measurement is shown as long as it is the newest', () => {
    const activity = new StageActivity('sft');
    const metric = (step: number, values: Record<string, number>): void =>
      void activity.update({ type: 'metric', stage: 'sft', time: 0, step, values });
    metric(0, { eval_loss: 6, format_valid: 0 });
    expect(activity.describe()).toBe('eval_loss 6  format_valid 0');
    for (let step = 1; step < 4; step++) {
      metric(step, { loss: 3 - step / 2 });
      expect(activity.describe()).toBe(`loss ${3 - step / 2}`);
    }
    const progress = { type: 'progress', stage: 'sft', time: 1, done: 1, total: 8 } as const;
    activity.update({ ...progress, unit: 'steps' });
    expect(activity.describe(1)).toBe('1/8 steps  12 %  loss 1.5');
    activity.update({ ...progress, unit: 'prompts' });
    expect(activity.describe(1)).toBe('1/8 prompts  12 %');
  });

  test('without a terminal: a line at the start, at intervals, and at the end', () => {
    const output = captureOutput();
    const display = lineDisplay(output, 5000);
    display.stageStarted(stage, true);
    const now = Date.now();
    const progress = (seconds: number): void =>
      display.event(stage, {
        type: 'progress',
        stage: 's',
        time: now + seconds * 1000,
        done: seconds * 2,
        total: 40,
        unit: 'steps',
      });
    display.event(stage, {
      type: 'metric',
      stage: 's',
      time: now,
      step: 0,
      values: { loss: 2.34567, other: 1 },
    });
    for (let second = 0; second <= 11; second++) progress(second);
    for (let copy = 0; copy < 3; copy++)
      display.event(stage, { type: 'warning', stage: 's', time: now, code: 'a/b', message: 'Careful.' });
    display.stageFinished(stage, {}, cost);
    expect(output.err().split('\n')).toEqual([
      'base: learns (continuing)',
      expect.stringMatching(
        /^ {2}base {2}\d+\/40 steps {2}\d+ % {2}2 steps\/s {2}\d+ s left {2}loss 2\.346$/,
      ),
      expect.stringMatching(/^ {2}base {2}2\d\/40 steps/),
      'warning: Careful.',
      'warning: a/b: 3 times',
      'base: done in 75 s, 512 MB. It learned.',
      '',
    ]);
    expect(output.out()).toBe('');
    display.stageFinished(stage, {}, { ...cost, cpuSeconds: 60, otherCpuSeconds: 85 });
    expect(output.err()).toContain('done in 75 s, 512 MB; other programs used 1.1 of 2 processors. It');
  });

  test('--json puts every logged event on stdout as a line of JSON, and nothing else', () => {
    const output = captureOutput();
    const display = createProgressDisplay(output, true);
    display.stageStarted(stage, false);
    display.event(stage, { type: 'metric', stage: 's', time: 5, step: 1, values: { loss: 1 } });
    display.stageFinished(stage, { steps: 3 }, cost);
    expect(output.out()).toBe('');
    const events: LoggedEvent[] = [
      { type: 'stage-start', at: 'base', stage: 'base', time: 1, resumed: false },
      {
        type: 'warning',
        at: 'base',
        stage: 'base',
        time: 2,
        code: 'a/b',
        message: 'Evil \u001b[31m\u009b1m.',
      },
      { type: 'stage-end', at: 'base', stage: 'base', time: 3, summary: { steps: 3 }, ...cost },
    ];
    for (const event of events) display.logged?.(event);
    expect(
      output
        .out()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(events);
    expect(shownText(output.out())).toBe(output.out());
  });

  test('on a terminal a bar is drawn on one line and cleared', () => {
    const output = captureOutput();
    const terminal = Object.assign(output.stderr, {
      isTTY: true as const,
      columns: 80,
      cursorTo: () => true,
      clearLine: () => true,
    });
    const display = createProgressDisplay({ ...output, terminal }, false);
    display.stageStarted(stage, false);
    display.event(stage, { type: 'progress', stage: 's', time: 0, done: 10, total: 40, unit: 'steps' });
    display.note('A note on \u001b[2Jevil.txt.');
    display.stageFinished(stage, {}, cost);
    expect(output.err()).toContain('10/40 steps  25 %');
    expect(output.err()).toContain('A note on ␛[2Jevil.txt.\n');
    expect(output.err()).toMatch(/base: done in 75 s, 512 MB\. It learned\.\n/);
  });
});

test('numbers as people read them', () => {
  expect([formatCount(1234), formatCount(12_345_678), formatCount(2.7654)]).toEqual([
    '1,234',
    '12 M',
    '2.77',
  ]);
  expect([formatBytes(999), formatBytes(1.5e6), formatBytes(2.13e9)]).toEqual(['999 B', '1.5 MB', '2.13 GB']);
  expect([
    formatSeconds(3.14),
    formatSeconds(75),
    formatSeconds(359.7),
    formatSeconds(130),
    formatSeconds(7300),
  ]).toEqual(['3.1 s', '75 s', '6 min 00 s', '2 min 10 s', '2 h 01 min']);
  expect([formatMetric(0.123456), formatMetric(3), formatMetric(1e-5)]).toEqual(['0.1235', '3', '1.00e-5']);
});
