import { describe, expect, it } from 'vitest';
import { countSentences } from './english-sentences.js';

describe('countSentences', () => {
  it.each([
    ['', 0],
    ['no end', 1],
    ['One. Two! Three?', 3],
    ['He said "Stop." Then he went.', 2],
    // The sentencizer's marks are single characters: three dots end nothing.
    ['Wait... what?! Yes.', 2],
    ['Version 2.5 is out.', 1],
  ])('counts %j', (text, count) => {
    expect(countSentences(text)).toBe(count);
  });
});
