import { expect, test } from 'vitest';
import { Page } from '../page/page.js';
import { copiesOf, divisionOf } from './copies.js';
import { GroupSize, planMixture } from './plan-mixture.js';
import { sampleDocuments } from './sample-documents.js';

function group(name: string, documents: number, size = 1): GroupSize {
  const made = new GroupSize();
  for (let id = 0; id < documents; id++) made.add(divisionOf(0, name, String(id)), size);
  return made;
}

const groups = new Map([
  ['en', group('en', 10_000)],
  ['de', group('de', 2000)],
  ['cs', group('cs', 500)],
]);

test('shares follow the weights, and documents come as often as the plan says', () => {
  const plan = planMixture(groups, { weights: { en: 6, de: 3, cs: 1 }, budget: 10_000 });
  for (const [name, share, epochs] of [
    ['en', 0.6, 0.6],
    ['de', 0.3, 1.5],
    ['cs', 0.1, 2],
  ] as const) {
    const of = plan.get(name)!;
    expect(of.share).toBeCloseTo(share, 12);
    let copies = 0;
    for (let id = 0; id < of.documents; id++) copies += copiesOf(of, divisionOf(0, name, String(id)));
    expect(copies).toBe(Math.round(of.epochs * of.documents));
    // A division holds a 4096th of the group.
    expect(Math.abs(of.epochs - epochs)).toBeLessThanOrEqual(4 / 4096);
  }
});

test('without a budget nothing comes twice and one group is used up', () => {
  const plan = planMixture(groups, { weights: { en: 1, de: 1, cs: 2 } });
  expect(plan.get('cs')).toMatchObject({ whole: 1, moreBelow: 0, epochs: 1 });
  expect(plan.get('de')!.epochs).toBeCloseTo(0.125, 2);
  expect(planMixture(groups).get('en')).toMatchObject({ whole: 1, moreBelow: 0 });
});

test('a temperature evens languages out as p ∝ n^(1/T)', () => {
  // 10,000^(1/5) : 2,000^(1/5) : 500^(1/5) = 6.3096 : 4.5731 : 3.4657 (by hand).
  const plan = planMixture(groups, { temperature: 5, budget: 2000 });
  expect(plan.get('en')!.share).toBeCloseTo(6.3096 / 14.3484, 4);
  expect(plan.get('de')!.share).toBeCloseTo(4.5731 / 14.3484, 4);
  expect(plan.get('cs')!.share).toBeCloseTo(3.4657 / 14.3484, 4);
});

test('what cannot be mixed is refused by name', () => {
  const invalid = (options: Parameters<typeof planMixture>[1]) => () => planMixture(groups, options);
  expect(invalid({ weights: { en: 1, de: 1 } })).toThrow(/"cs" has no weight/);
  expect(invalid({ weights: { en: 1, de: 1, cs: 1, fr: 1 } })).toThrow(/"fr", which no document is of/);
  expect(invalid({ weights: { en: 1, de: 0, cs: 1 } })).toThrow(/the weight of de is 0/);
  expect(invalid({ weights: { en: 1, de: 1, cs: 1 }, temperature: 2 })).toThrow(/Give one of them/);
  expect(invalid({ weights: { en: 1, de: 1, cs: 1 }, budget: 9000 })).toThrow(/"cs" .*6.00 times, and 4/);
  expect(invalid({ temperature: 0.5 })).toThrow(/temperature is 0.5/);
  expect(() => planMixture(new Map())).toThrow(/no document/);
});

test('a sample has its share, grows with the share, and does not change when documents come', () => {
  const drawn = (fraction: number, count: number, seed?: number) => {
    const step = sampleDocuments({ fraction, seed });
    const kept = Array.from({ length: count }, (_, id) => id).filter(
      (id) => step.run(new Page({ content: 'text', metadata: { id: `page ${id}` } })).kind === 'keep',
    );
    return new Set(kept);
  };
  const [tenth, fifth, later, other] = [
    drawn(0.1, 20_000),
    drawn(0.2, 20_000),
    drawn(0.1, 30_000),
    drawn(0.1, 20_000, 1),
  ];
  // Four standard deviations of a binomial distribution.
  expect(Math.abs(tenth.size - 2000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.09));
  for (const id of tenth) expect(fifth.has(id) && later.has(id)).toBe(true);
  expect([...later].filter((id) => id < 20_000).length).toBe(tenth.size);
  const both = [...other].filter((id) => tenth.has(id)).length;
  expect(Math.abs(both - 200)).toBeLessThan(60);
  const byText = sampleDocuments({ fraction: 0.5 });
  const same = (text: string) => byText.run(new Page({ content: text })).kind;
  expect(new Set(Array.from({ length: 50 }, (_, at) => same(`text ${at}`))).size).toBe(2);
  expect(() => sampleDocuments({ fraction: 0 })).toThrow(/fraction is 0/);
});
