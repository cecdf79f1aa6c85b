import { describe, expect, test } from 'vitest';
import verdicts from './fixtures/datatrove-verdicts.json' with { type: 'json' };
import { isJudgedAs, measureRules } from './rules.js';
import { countSentences, splitWords } from './words.js';

/** Made by tooling/oracles/miniweb/verdicts.py: datatrove 0.10 with spaCy on one text of each kind. */
describe('rules against datatrove', () => {
  test.each(verdicts.map((row) => [row.kind, row] as const))(
    '%s',
    (_, { text, verdict, words, sentences }) => {
      const first = measureRules(text).find((value) => value.ratio > 1);
      expect(first === undefined ? null : [first.step, first.reason]).toEqual(verdict);
      expect(Math.abs(splitWords(text).length - words) / words).toBeLessThan(0.01);
      const counted = text.split('\n').reduce((sum, line) => sum + countSentences(splitWords(line)), 0);
      expect(Math.abs(counted - sentences)).toBeLessThanOrEqual(1);
    },
  );

  test('the fixture holds every text rule but three', () => {
    const reasons = new Set(verdicts.map((row) => row.verdict?.[1]).filter((reason) => reason !== undefined));
    // Without gopher_long_doc, whose text is too large to keep,
    // and dup_para_*, which one line a block cannot meet.
    expect(reasons.size).toBe(27);
  });
});

test('isJudgedAs asks for room on both sides', () => {
  // Six of twenty lines repeated: 0.3 of the lines, exactly the threshold of dup_line_frac.
  const lines = Array.from(
    { length: 20 },
    (_, index) => `Line ${index % 14} is about the ${'abcdefghijklmnopqrst'[index % 14]} of the town.`,
  );
  const ratio = measureRules(lines.join('\n')).find((value) => value.reason === 'dup_line_frac')!.ratio;
  expect(ratio).toBeCloseTo(1, 12);
  expect(isJudgedAs(lines.join('\n'), 'dup_line_frac', 0.01)).toBe(false);
  expect(isJudgedAs([...lines, ...lines].join('\n'), 'dup_line_frac', 0.01)).toBe(true);
});
