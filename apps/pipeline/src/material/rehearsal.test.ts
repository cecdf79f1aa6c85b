import { textMessage } from '@llm/core';
import { ByteTokenizer, chatControlTokens, TemplateRenderer } from '@llm/core/testing';
import { expect, test } from 'vitest';
import { rehearse } from './rehearsal.js';

const tokenizer = new ByteTokenizer([...chatControlTokens]);
const renderer = new TemplateRenderer(tokenizer);
const conversations = Array.from({ length: 20 }, (_, index) => ({
  messages: [textMessage('user', `What is ${index}?`), textMessage('assistant', `It is ${index}.`)],
}));
const pages = Array.from({ length: 50 }, (_, index) => `Page ${index} says what every page says. `.repeat(4));
const options = { conversations, renderer, tokenizer, pages, share: 0.4, columns: 64, seed: 1 };

test('pages are the share of the tokens that was asked for, in pieces that fit a row, every token learned', () => {
  const rehearsal = rehearse(options);
  const sizes = rehearsal.conversations.map((each) => rehearsal.renderer.render(each).ids.length);
  const [spoken, read] = [sizes.slice(0, 20), sizes.slice(20)].map((list) =>
    list.reduce((sum, size) => sum + size, 0),
  );
  expect(read! / (spoken! + read!)).toBeCloseTo(0.4, 1);
  const pieces = rehearsal.conversations.slice(20).map((each) => rehearsal.renderer.render(each));
  for (const { ids, mask } of pieces) {
    expect(ids.length).toBeLessThanOrEqual(65);
    expect([ids[0], mask[0]]).toEqual([tokenizer.specialTokens.get('<|bos|>'), 0]);
    expect([...mask.slice(1)]).toEqual([...mask.slice(1)].fill(1));
    expect(pages.some((page) => page.includes(tokenizer.decode(ids.slice(1))))).toBe(true);
  }
});

test('conversations are rendered as before, and the same pages are drawn of a seed', () => {
  const rehearsal = rehearse(options);
  expect(rehearsal.renderer.render(conversations[3]!)).toEqual(renderer.render(conversations[3]!));
  expect(rehearsal.renderer.stopToken).toBe(renderer.stopToken);
  const ids = ({ conversations: all, renderer: own }: typeof rehearsal) =>
    all.map((each) => [...own.render(each).ids]);
  expect(ids(rehearse(options))).toEqual(ids(rehearsal));
  expect(ids(rehearse({ ...options, seed: 2 }))).not.toEqual(ids(rehearsal));
});

test('a share of nothing leaves everything as it is', () => {
  expect(rehearse({ ...options, share: 0 })).toEqual({ conversations, renderer });
});
