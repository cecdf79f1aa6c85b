import { createRandom, messageText } from '@llm/core';
import { describe, expect, test } from 'vitest';
import { animalConversation, animalTasks, trueScore } from './animal-talk.js';

const fox = animalTasks().find(({ id }) => id === 'fox 0')!;

describe('what a careful reader thinks', () => {
  test.each([
    ['It is small. It eats meat. It lives in a den. It has a long tail.', 1],
    ['It is small.', 0.25],
    ['It is big.', -0.25],
    ['It is small. It is small.', 0],
    ['It is smalll.', -0.25],
    ['', 0],
    // Four right ones, and the fifth is said before and beyond four: (4 − 1 − ½) / 4.
    ['It is small. It eats meat. It lives in a den. It has a long tail. It is small.', 0.625],
    // 1 − 3 − 5 · 1½ is far below the floor.
    ['It is small. '.repeat(9), -1],
  ])('%s', (answer, score) => {
    expect(trueScore(fox, answer)).toBe(score);
  });

  test('demonstrations are true as often as asked, and never say anything twice', () => {
    const random = createRandom(1, 'talk');
    const said = Array.from({ length: 400 }, () =>
      messageText(animalConversation(fox, random, 1).messages[1]!.parts),
    );
    for (const answer of said) expect(trueScore(fox, answer)).toBe(answer.split('. ').length / 4);
    const mixed = Array.from({ length: 1000 }, () =>
      messageText(animalConversation(fox, random, 0.7).messages[1]!.parts),
    ).flatMap((answer) => answer.split('. ').map((sentence) => trueScore(fox, sentence) > 0));
    // ± 4 standard deviations of 0.7 over some 2,500 sentences
    expect(mixed.filter(Boolean).length / mixed.length).toBeCloseTo(0.7, 1);
  });
});
