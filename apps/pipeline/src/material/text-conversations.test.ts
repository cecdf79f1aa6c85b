import { messageText, textMessage } from '@llm/core';
import { ByteTokenizer, chatControlTokens, TemplateRenderer } from '@llm/core/testing';
import { describe, expect, test } from 'vitest';
import { presetOptions } from '../presets.js';
import { tellsTexts, textConversations } from './text-conversations.js';

const tokenizer = new ByteTokenizer([...chatControlTokens]);
const renderer = new TemplateRenderer(tokenizer);
const sentencesOf = (index: number): string[] => [
  `Number ${index} went out of the house.`,
  ' “Is it cold?”',
  ` it asked tree ${index}.`,
  '\nIt was 3.5 degrees!',
  ` Number ${index} went home.`,
];
const texts = Array.from({ length: 200 }, (_, index) => sentencesOf(index).join(''));
const options = { texts, count: 1000, renderer, columns: 400, seed: 1 };
const told = (given = options) =>
  textConversations(given).map(({ messages }) => messages.map((message) => messageText(message.parts)));

describe('conversations out of texts', () => {
  test('tell a text whole, or go on with it where the question ends', () => {
    const all = told();
    expect(all.length).toBe(texts.length);
    const asked = all.filter(([, answer]) => texts.includes(answer!));
    expect(asked.length).toBeGreaterThan(70);
    expect(asked.length).toBeLessThan(130);
    for (const [question, answer] of all) {
      if (texts.includes(answer!)) continue;
      const text = texts.find((each) => each.endsWith(answer!))!;
      const beginning = text.slice(0, -answer!.length).trimEnd();
      expect(question!.endsWith(beginning)).toBe(true);
      expect(beginning.split(/\s+/).length).toBeGreaterThanOrEqual(3);
    }
    // Who types a beginning often leaves off before its comma.
    const comma = told({ ...options, texts: texts.map((text) => `Once upon a time, it was. ${text}`) });
    const begun = comma.filter(([question]) => /Once upon a time,?$/.test(question!));
    expect(new Set(begun.map(([question, answer]) => question!.slice(-1) + answer![0]))).toEqual(
      new Set([',i', 'e,']),
    );
    // What can be said with nothing before it, too.
    expect(all.some(([question, answer]) => texts.includes(`${question} ${answer}`))).toBe(true);
  });

  test('are each of another text, as many as are asked for, the same of a seed', () => {
    expect(told({ ...options, count: 7 })).toEqual(told().slice(0, 7));
    expect(told({ ...options, count: 0 })).toEqual([]);
    expect(told({ ...options, seed: 2 })).not.toEqual(told());
    const numbers = told().map(([question, answer]) => /Number \d+/.exec(question! + answer!)![0]);
    expect(new Set(numbers).size).toBe(texts.length);
  });

  test('end with the last sentence that fits a row', () => {
    const columns = 110;
    const cut = textConversations({ ...options, columns });
    expect(cut.length).toBeGreaterThan(100);
    for (const conversation of cut) {
      expect(renderer.render(conversation).ids.length).toBeLessThanOrEqual(columns + 1);
      expect(messageText(conversation.messages[1]!.parts)).toMatch(/[.?!]”?$/);
    }
    let cutShort = 0;
    for (const { messages } of cut) {
      const answer = messageText(messages[1]!.parts);
      const index = texts.findIndex((text) => text.startsWith(answer));
      if (index < 0 || texts[index] === answer) continue;
      cutShort++;
      const parts = sentencesOf(index);
      const longer = parts
        .map((_, last) => parts.slice(0, last + 1).join(''))
        .find((text) => text.length > answer.length)!;
      const { ids } = renderer.render({ messages: [messages[0]!, textMessage('assistant', longer)] });
      expect(ids.length).toBeGreaterThan(columns + 1);
    }
    expect(cutShort).toBeGreaterThan(50);
  });

  test('go on through a long text piece by piece, each once, after the texts had their turn', () => {
    const long = Array.from({ length: 60 }, (_, index) => `This is sentence number ${index}.`).join(' ');
    const all = told({ ...options, texts: ['A short one. It ends.', long], columns: 120 });
    expect(all.length).toBeGreaterThan(10);
    const short = all.findIndex((messages) => messages.join(' ').includes('It ends.'));
    expect(short).toBeLessThan(2);
    const numbers = all.flatMap((messages) =>
      Array.from(messages.join(' ').matchAll(/number (\d+)/g), ([, number]) => Number(number)),
    );
    // The last one may stand in a question that nothing follows.
    expect(numbers.length).toBeGreaterThan(57);
    expect(numbers).toEqual([...Array(numbers.length).keys()]);
    // Nobody can be asked for the middle of a text without saying where it is.
    for (const [question] of all.slice(2)) expect(question).toMatch(/This is sent/);
  });

  test('know where sentences end without spaces between them', () => {
    const chinese = ['小猫出门了。“你好吗？”它问小树。天很冷！小猫回家了。'];
    const seeds = Array.from({ length: 20 }, (_, seed) => told({ ...options, texts: chinese, seed })[0]!);
    const answers = new Set(seeds.map(([, answer]) => answer));
    expect(answers).toEqual(new Set([chinese[0], chinese[0]!.slice(6)]));
    const hindi = told({ ...options, texts: ['वह घर गया। उसने खाना खाया। फिर'] })[0]!;
    expect(hindi[1]).toMatch(/खाना खाया।$/);
  });

  test('pass over what has no end of a sentence, and what is too long for a row from its first', () => {
    const hard = ['', '   ', 'no end', 'A', `${'word '.repeat(500)}.`, 'One.'];
    const all = Array.from({ length: 40 }, (_, seed) =>
      told({ ...options, texts: hard, columns: 120, seed }),
    ).flat();
    expect(new Set(all.map(([, answer]) => answer))).toEqual(new Set(['One.']));
  });
});

test('they are made where texts are the user’s and conversations are not', () => {
  const hour = presetOptions('hour');
  const files = { kind: 'files' as const, files: [] };
  expect(tellsTexts(hour)).toBe(false);
  expect(tellsTexts({ ...hour, input: files })).toBe(true);
  const conversations = [{ kind: 'jsonl' as const, path: 'chats.jsonl', bytes: 1, modified: 1, digest: '' }];
  expect(tellsTexts({ ...hour, input: files, conversations: conversations as never })).toBe(false);
});
