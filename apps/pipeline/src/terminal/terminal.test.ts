import { describe, expect, test } from 'vitest';
import type { Stage } from '../run/stage-engine.js';
import { captureOutput } from '../testing/captured-output.js';
import { formatBytes, formatCount, formatMetric, formatSeconds } from './format.js';
import { createProgressDisplay, lineDisplay } from './progress-display.js';
import { ProgressRate } from './progress-rate.js';

const stage: Stage = {
  name: 'base',
  title: 'learns',
  needs: [],
  settings: {},
  run: async () => ({}),
  headline: () => 'It learned.',
};
const cost = { wallSeconds: 75, peakMemoryBytes: 512e6 };

describe('progress', () => {
  test('rate and time left come from the last half minute', () => {
    const rate = new ProgressRate();
    expect(rate.update(0, 0, 1000)).toEqual({ perSecond: undefined, secondsLeft: undefined });
    expect(rate.update(10_000, 10, 1000)).toEqual({ perSecond: 1, secondsLeft: 990 });
    for (let second = 11; second <= 60; second++) rate.update(second * 1000, 10 + (second - 10) * 10, 1000);
    expect(rate.update(61_000, 520, 1000)).toEqual({ perSecond: 10, secondsLeft: 48 });
    expect(rate.update(62_000, 0, undefined).perSecond).toBeUndefined();
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
  });

  test('--json puts every event on stdout as a line of JSON, and nothing else', () => {
    const output = captureOutput();
    const display = createProgressDisplay(output, true);
    display.stageStarted(stage, false);
    display.event(stage, { type: 'metric', stage: 's', time: 5, step: 1, values: { loss: 1 } });
    display.stageFinished(stage, { steps: 3 }, cost);
    const lines = output
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { type: 'stage-begin', at: 'base', resumed: false },
      { type: 'metric', at: 'base', step: 1, values: { loss: 1 } },
      { type: 'stage-complete', at: 'base', summary: { steps: 3 }, wallSeconds: 75 },
    ]);
  });

  test('on a terminal a bar is drawn on one line and cleared', () => {
    const output = captureOutput();
    const stderr = Object.assign(output.stderr, {
      isTTY: true as const,
      columns: 80,
      cursorTo: () => true,
      clearLine: () => true,
    });
    const display = createProgressDisplay({ stdout: output.stdout, stderr }, false);
    display.stageStarted(stage, false);
    display.event(stage, { type: 'progress', stage: 's', time: 0, done: 10, total: 40, unit: 'steps' });
    display.note('A note.');
    display.stageFinished(stage, {}, cost);
    expect(output.err()).toContain('10/40 steps  25 %');
    expect(output.err()).toContain('A note.\n');
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
