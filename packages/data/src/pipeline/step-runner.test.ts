import { describe, expect, it } from 'vitest';
import { gopherQuality } from '../filters/gopher-quality.js';
import { Page } from '../page/page.js';
import type { PageStep } from '../page/page-step.js';
import { drop, keep } from '../page/verdict.js';
import { StepRunner } from './step-runner.js';

const upper: PageStep = { name: 'upper', run: (page) => ({ kind: 'keep', text: page.text.toUpperCase() }) };
const short: PageStep = {
  name: 'short',
  run: async (page) => (page.text.length < 3 ? drop('too-short', { language: 'xx' }) : keep),
};
const html: PageStep = {
  name: 'html',
  applies: (page) => page.contentType === 'text/html',
  run: () => drop('html'),
};

describe('StepRunner', () => {
  it('runs the steps in their order, waits for those that take time, and writes down what they find', async () => {
    const runner = new StepRunner([upper, short]);
    const page = new Page({ content: 'abc' });
    expect(await runner.run(page)).toEqual({ kind: 'keep' });
    expect(page.text).toBe('ABC');
    const other = new Page({ content: 'ab' });
    expect(await runner.run(other)).toEqual({ kind: 'drop', step: 'short', reason: 'too-short' });
    expect(other).toMatchObject({ text: 'AB', language: 'xx' });
  });

  it('counts and times every step; a page that is none of its business is not counted', async () => {
    const runner = new StepRunner([html, short, upper]);
    for (const content of ['abc', 'ab', 'abcd']) await runner.run(new Page({ content }));
    await runner.run(new Page({ content: 'abc', contentType: 'text/html' }));
    expect(runner.funnel.steps()).toEqual([
      { step: 'html', entered: 1, left: 0, dropped: { html: 1 } },
      { step: 'short', entered: 3, left: 2, dropped: { 'too-short': 1 } },
      { step: 'upper', entered: 2, left: 2, dropped: {} },
    ]);
    expect([...runner.seconds.keys()].sort()).toEqual(['html', 'short', 'upper']);
    for (const seconds of runner.seconds.values()) expect(seconds).toBeGreaterThanOrEqual(0);
  });

  it('refuses two steps of one name', () => {
    expect(() => new StepRunner([upper, short, upper])).toThrow(/"upper"/);
  });

  it('hands an error of a step on', async () => {
    const broken: PageStep = {
      name: 'broken',
      run: () => {
        throw new TypeError('no');
      },
    };
    await expect(new StepRunner([broken]).run(new Page({ content: 'x' }))).rejects.toThrow(TypeError);
  });

  it('refuses what is no step, such as a factory that was not called', () => {
    for (const wrong of [gopherQuality, undefined, { name: 'idle' }, 'c4'])
      expect(() => new StepRunner([wrong as unknown as PageStep])).toThrow(/Step 0 is .* must be called/);
  });
});
