import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { c4Quality } from '../filters/c4-quality.js';
import { fineWebQuality } from '../filters/fineweb-quality.js';
import { gopherQuality } from '../filters/gopher-quality.js';
import { gopherRepetition } from '../filters/gopher-repetition.js';
import { urlFilter } from '../filters/url-filter.js';
import { passes } from '../page/measure.js';
import { Page } from '../page/page.js';
import type { PageStep } from '../page/page-step.js';
import { drop, keep } from '../page/verdict.js';
import { judgeStep } from './judge-step.js';
import { StepRunner } from './step-runner.js';

const ten = 'The mill has one wheel, and the cat sits on it.';

describe('judgeStep', () => {
  it('gives every value beside its threshold, those behind the rule that dropped too', async () => {
    const judged = await judgeStep(gopherQuality(), new Page({ content: `${ten}\n- # …` }));
    expect(judged.verdict).toEqual({ kind: 'drop', reason: 'gopher_short_doc' });
    expect(judged.mayPass).toBe(true);
    const values = Object.fromEntries(judged.measures.map(({ name, value }) => [name, value]));
    // Counted by hand: 11 words of 35 letters; 16 words with ", . - # …"; two lines.
    expect(values).toEqual({
      gopher_short_doc: 11,
      gopher_long_doc: 11,
      gopher_below_avg_threshold: 35 / 11,
      gopher_above_avg_threshold: 35 / 11,
      gopher_too_many_hashes: 1 / 16,
      gopher_too_many_ellipsis: 1 / 16,
      gopher_too_many_bullets: 1 / 2,
      gopher_too_many_end_ellipsis: 1 / 2,
      gopher_below_alpha_threshold: 11 / 16,
      gopher_enough_stop_words: 2,
    });
    expect(judged.measures.filter((measure) => !passes(measure)).map(({ option }) => option)).toEqual([
      'minWords',
      'maxEllipsisLineShare',
      'minAlphabeticShare',
    ]);
  });

  it('says what `run` says, on every text of the datatrove fixture', async () => {
    const { texts } = JSON.parse(
      readFileSync(new URL('../filters/fixtures/datatrove-filters.json', import.meta.url), 'utf8'),
    ) as { texts: { parts: [string, number][] }[] };
    for (const step of [gopherRepetition(), gopherQuality(), c4Quality(), fineWebQuality()]) {
      for (const { parts } of texts) {
        const page = new Page({ content: parts.map(([text, times]) => text.repeat(times)).join('') });
        expect((await judgeStep(step, page)).verdict).toEqual(step.run(page));
      }
    }
  });

  it('knows facts, which no threshold changes, from thresholds', async () => {
    const listed = urlFilter({ domains: ['example.org'], softWords: ['one', 'two'] });
    const judged = await judgeStep(listed, new Page({ url: 'https://example.org/one-two', content: 'x' }));
    expect(judged).toMatchObject({ verdict: { kind: 'drop', reason: 'domain' }, mayPass: false });
    const soft = await judgeStep(listed, new Page({ url: 'https://example.com/one-two', content: 'x' }));
    expect(soft).toMatchObject({ verdict: { reason: 'soft_blacklisted' }, mayPass: true });
  });

  it('takes what a step of one’s own gives with its verdict', async () => {
    const own: PageStep = {
      name: 'own',
      run: ({ length }) => {
        const measures = [
          { name: 'long', value: length, bound: 'most', threshold: 3, option: 'most' },
        ] as const;
        return length > 3 ? drop('long', { measures }) : { ...keep, measures };
      },
    };
    expect(await judgeStep(own, new Page({ content: 'four' }))).toMatchObject({
      verdict: { kind: 'drop', reason: 'long' },
      measures: [{ value: 4, threshold: 3 }],
      mayPass: true,
    });
  });
});

describe('StepRunner.measure', () => {
  const steps = [gopherQuality(), c4Quality()];

  it('decides and counts as `run` does', async () => {
    const [one, other] = [new StepRunner(steps), new StepRunner(steps)];
    for (const content of [ten, ten.repeat(8), `${ten}\n`.repeat(8)]) {
      const [first, second] = [new Page({ content }), new Page({ content })];
      const { verdict } = await other.measure(first, { all: true });
      expect(verdict).toEqual(await one.run(second));
      if (verdict.kind === 'keep') expect(first.text).toBe(second.text);
    }
    expect(other.funnel.steps()).toEqual(one.funnel.steps());
  });

  it('goes on behind a threshold only where all is asked for', async () => {
    const named = async (all: boolean) =>
      (await new StepRunner(steps).measure(new Page({ content: ten }), { all })).measured.map(
        ({ step }) => step,
      );
    expect(await named(false)).toEqual(['gopher-quality']);
    expect(await named(true)).toEqual(['gopher-quality', 'c4']);
  });
});
