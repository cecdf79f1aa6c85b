import { createRandom, messageText } from '@llm/core';
import { describe, expect, test } from 'vitest';
import {
  drawLetterWord,
  letterAnswer,
  letterConversation,
  letterCounter,
  letterQuestion,
  letterTasks,
  repeatConversation,
  spelledRight,
  timesIn,
} from './letter-problems.js';

const problem = { word: 'sedrelben', letter: 'e' };

describe('letter problems', () => {
  test('question, spelling and count, by hand', () => {
    expect(letterQuestion(problem)).toBe('How many e in sedrelben?');
    const said = (style: Parameters<typeof letterAnswer>[1]): string =>
      messageText(letterAnswer(problem, style));
    expect(said('at-once')).toBe('#### 3');
    expect(said('spelled-first')).toBe('s e 1 d r e 2 l b e 3 n #### 3');
    expect(letterAnswer(problem, 'with-tool')).toEqual([
      { type: 'tool-call', tool: 'count_letters', input: 'sedrelben e' },
      { type: 'tool-output', text: '3' },
      { type: 'text', text: '#### 3' },
    ]);
    expect(messageText(repeatConversation('sedrelben').messages[1]!.parts)).toBe('sedrelben.');
  });

  test('the tool counts, and says what it cannot read', () => {
    expect(letterCounter.call('strawberry r')).toBe('3');
    expect(letterCounter.call(' brimlosten x ')).toBe('0');
    for (const wrong of ['', 'strawberry', 'strawberry rr', 'Straw r', 'straw berry r'])
      expect(letterCounter.call(wrong)).toMatch(/^error: /);
  });

  test('held-out words are in no training, and what is never spelled is only repeated or asked of the tool', async () => {
    const tasks = await letterTasks({ heldOut: 30, vocabularySize: 640 });
    const wordsOf = ({ heldOut }: typeof tasks.told): string[] => heldOut.map(({ id }) => id.split(' ')[0]!);
    const [told, untold] = [wordsOf(tasks.told), wordsOf(tasks.untold)];
    const held = new Set([...told, ...untold]);
    expect(held.size).toBe(60);
    const { tokenizer } = tasks.language;
    const tokensOf = (words: readonly string[]): Set<number> =>
      new Set(words.flatMap((word) => [...tokenizer.encode(` ${word}`)]));
    const random = createRandom(1, 'letters');
    const drawn = (style: 'spelled-first' | 'with-tool'): string[] =>
      Array.from({ length: 3000 }, () => tasks.draw(random, style).word);
    const [spelled, asked] = [drawn('spelled-first'), drawn('with-tool')];
    const repeated = Array.from({ length: 3000 }, () => tasks.drawWord(random));
    expect([...spelled, ...asked, ...repeated].filter((word) => held.has(word))).toEqual([]);
    const spelledTokens = tokensOf(spelled);
    const hasNew = (word: string): boolean => [...tokensOf([word])].some((id) => !spelledTokens.has(id));
    expect(untold.filter((word) => !hasNew(word))).toEqual([]);
    expect(told.filter(hasNew).length).toBeLessThan(3);
    for (const all of [asked, repeated]) {
      const known = tokensOf(all);
      expect(untold.filter((word) => [...tokensOf([word])].some((id) => !known.has(id))).length).toBeLessThan(
        5,
      );
    }
  });

  test('counts are one, two and three alike, and the same words for everyone', async () => {
    const sizes = { heldOut: 30, vocabularySize: 640 };
    const [one, two] = [await letterTasks(sizes), await letterTasks(sizes)];
    expect(one.told.heldOut).toEqual(two.told.heldOut);
    expect(one.untold.heldOut).toEqual(two.untold.heldOut);
    for (const { heldOut } of [one.told, one.untold])
      for (const times of ['1', '2', '3'])
        expect(heldOut.filter(({ answer }) => answer === times).length).toBe(10);
  });

  test('rewards: the number after the mark, and the letters before it', async () => {
    const { told } = await letterTasks({ heldOut: 3, vocabularySize: 640 });
    const [task] = told.heldOut;
    const [word, letter] = task!.id.split(' ') as [string, string];
    const right = letterConversation({ word, letter }, 'spelled-first').messages[1]!.parts;
    expect(task!.answer).toBe(`${timesIn({ word, letter })}`);
    expect(await told.reward(task!, right)).toBe(1);
    expect(await spelledRight(told).reward(task!, right)).toBe(1);
    const wrong = [{ type: 'text' as const, text: `${[...word].reverse().join(' ')} #### ${task!.answer}` }];
    expect(await told.reward(task!, wrong)).toBe(1);
    expect(await spelledRight(told).reward(task!, wrong)).toBe(word === [...word].reverse().join('') ? 1 : 0);
  });

  test('words are letters alone', () => {
    const random = createRandom(2, 'words');
    for (let i = 0; i < 100; i++) expect(drawLetterWord(random)).toMatch(/^[a-z]{6,15}$/);
  });
});
