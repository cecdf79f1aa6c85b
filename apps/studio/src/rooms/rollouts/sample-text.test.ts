import { describe, expect, test } from 'vitest';
import { differentAnswers } from './different-answers.js';
import { sampleDifference } from './sample-difference.js';
import { advantageAt, signed, spoken, textOfToken, wholeAdvantage } from './sample-text.js';

const text = (said: string) => [{ type: 'text', text: said }] as const;

describe('a sample in words', () => {
  test('tokens with and without whole characters', () => {
    const tokens = { 1: ' is', 2: [0xc3], 3: '<script>' };
    expect([1, 2, 3].map((id) => textOfToken(tokens, id))).toEqual(['·is', '\\xC3', '<script>']);
  });
  test('what was said, with calls and outputs', () => {
    expect(
      spoken([
        { type: 'tool-call', tool: 'calculator', text: '2+3' },
        { type: 'tool-output', text: '5' },
        { type: 'text', text: 'It is 5.' },
      ]),
    ).toBe('[calculator: 2+3] [→ 5] It is 5.');
  });
  test('an advantage for all tokens or for each', () => {
    expect([advantageAt({ advantage: 0.5 }, 3), wholeAdvantage({ advantage: 0.5 })]).toEqual([0.5, 0.5]);
    const each = { advantage: [1, -0.25] };
    expect([advantageAt(each, 1), wholeAdvantage(each)]).toEqual([-0.25, 0.75]);
    expect([0.5, -0.25, 0].map(signed)).toEqual(['+0.5', '−0.25', '0']);
  });
  test('equal answers are counted, equal words of another reward apart', () => {
    const samples = [text('a'), text('b'), text('b'), text('a')].map((parts, i) => ({
      parts,
      reward: i === 3 ? 1 : 0,
    }));
    expect(differentAnswers(samples)).toEqual([
      { text: 'b', reward: 0, times: 2 },
      { text: 'a', reward: 0, times: 1 },
      { text: 'a', reward: 1, times: 1 },
    ]);
  });
  test('both sides of a difference are whole', () => {
    const [first, second] = [
      ['The', '·answer', '·is', '·4'],
      ['The', '·is', '·5', '.'],
    ];
    const parts = sampleDifference(first!, second!);
    const of = (side: string) =>
      parts.flatMap((part) => (part.side === side || part.side === 'both' ? part.tokens : []));
    expect([of('first'), of('second')]).toEqual([first, second]);
    expect(parts.filter(({ side }) => side === 'both').flatMap(({ tokens }) => tokens)).toEqual([
      'The',
      '·is',
    ]);
  });
});
