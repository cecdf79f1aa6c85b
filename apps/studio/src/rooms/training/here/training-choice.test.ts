import { parameterCount } from '@llm/model';
import { expect, test } from 'vitest';
import { documentsOf } from './documents.js';
import { exampleText } from './example-text.js';
import { checkChoice, defaultChoice } from './training-choice.js';
import { configOf, stepOperations } from './training-shape.js';

test('paragraphs are documents, repeated ones count once, the last twentieth is held out', () => {
  const paragraphs = Array.from({ length: 40 }, (_, i) => `Document ${i}.\nSecond line.`);
  const { training, heldOut, repeated } = documentsOf([...paragraphs, paragraphs[3]].join('\n \n\n'));
  expect(training).toEqual(paragraphs.slice(0, 38));
  expect(heldOut).toEqual(paragraphs.slice(38));
  expect(repeated).toBe(1);
});

test('a text without paragraphs is cut at words, and nothing of it is lost', () => {
  const words = Array.from({ length: 2000 }, (_, i) => `word${i}`);
  const { training, heldOut } = documentsOf(words.join(' '));
  expect([...training, ...heldOut].join(' ').split(' ')).toEqual(words);
  expect(training.every(({ length }) => length <= 1000)).toBe(true);
  const unbroken = documentsOf('x'.repeat(5000));
  expect([...unbroken.training, ...unbroken.heldOut].join('').length).toBe(5000);
});

test('mojibake is repaired, markup stays text', () => {
  const { training } = documentsOf(`Una cafÃ©terÃ­a.\n\n<b onclick="x">&amp;</b>\n\n${exampleText(30)}`);
  expect(training.slice(0, 2)).toEqual(['Una cafétería.', '<b onclick="x">&amp;</b>']);
});

test.for(['', '   \n\n ', 'one', 'x\n\n'])('%j is too short to train on', (text) => {
  expect(() => documentsOf(text)).toThrow(/Training needs two documents/);
});

test('choices out of range are named', () => {
  expect(() => checkChoice(defaultChoice)).not.toThrow();
  expect(() => checkChoice({ ...defaultChoice, depth: 1.5 })).toThrow('The number of layers is 1.5');
  expect(() => checkChoice({ ...defaultChoice, steps: Number.NaN })).toThrow('The number of steps is NaN');
  expect(() => checkChoice({ ...defaultChoice, learningRate: 3 })).toThrow('from 0.000001 to 1');
});

test('six operations a weight and token, and attention, counted by hand', () => {
  const config = configOf({ ...defaultChoice, depth: 1, vocabularySize: 300, contextLength: 16 });
  // Width 64, one head: 4 · 64 · 64 of attention, 3 · 64 · 192 of the feed-forward, 64 · 300 of the head.
  const weights = 16_384 + 36_864 + 19_200;
  expect(stepOperations(config, 2, 16)).toBe((6 * weights + 12 * 64 * 16) * 32);
  // Beside those the model has its embedding, three norms of 64, two of a head.
  expect(parameterCount(config)).toBe(weights + 19_200 + 3 * 64 + 2 * 64);
});

test('the example is the same every time, and has stories enough', () => {
  expect(exampleText()).toBe(exampleText());
  const { training, heldOut, repeated } = documentsOf(exampleText());
  expect(training.length).toBeGreaterThan(350);
  expect(heldOut.length).toBeGreaterThan(15);
  expect(repeated).toBeLessThan(10);
});
