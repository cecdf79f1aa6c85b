import { describe, expect, it } from 'vitest';
import { readEvaluationRow } from './evaluation-row.js';

/** Rows as they are published. */
const published: readonly (readonly [string, object, string | undefined, readonly string[]])[] = [
  ['MMLU', { question: 'Q?', subject: 's', choices: ['a', 'b', 'c', 'd'], answer: 2 }, 'Q?', ['c']],
  ['MMLU by letter', { prompt: 'Q?', choices: ['a', 'b'], answer: 'B' }, 'Q?', ['b']],
  ['ARC', { question: 'Q?', choices: { text: ['x', 'y'], label: ['1', '2'] }, answerKey: '2' }, 'Q?', ['y']],
  [
    "AI2's ARC",
    {
      question: {
        stem: 'Q?',
        choices: [
          { text: 'x', label: 'A' },
          { text: 'y', label: 'B' },
        ],
      },
      answerKey: 'A',
    },
    'Q?',
    ['x'],
  ],
  ['HellaSwag', { ctx: 'He sat', endings: ['down.', 'up.'], label: '1' }, 'He sat', ['up.']],
  ['LAMBADA', { text: 'A whole passage.' }, undefined, ['A whole passage.']],
  ['BLiMP', { sentence_good: 'She sleeps.', sentence_bad: 'She sleep.' }, undefined, ['She sleeps.']],
  ['GSM8K', { question: 'How many?', answer: '2 + 2 = 4\n#### 4' }, 'How many?', ['2 + 2 = 4\n#### 4']],
  [
    'WinoGrande',
    { sentence: 'The _ was full.', option1: 'cup', option2: 'jug', answer: '2' },
    'The _ was full.',
    ['jug'],
  ],
  ['PIQA', { goal: 'To dry:', sol1: 'hang it.', sol2: 'wet it.', label: 0 }, 'To dry:', ['hang it.']],
  [
    'SQuAD',
    { context: 'C.', question: 'Q?', answers: { text: ['a', 'the a'], answer_start: [3, 7] } },
    'Q?',
    ['a', 'the a'],
  ],
  ['TriviaQA', { question: 'Q?', answer: { value: 'a', aliases: ['b'] } }, 'Q?', ['a', 'b']],
  ['HumanEval', { prompt: 'def f():', canonical_solution: '  return 1' }, 'def f():', ['  return 1']],
  ['BoolQ', { question: 'Q?', passage: 'P.', answer: true }, 'Q?', ['true']],
  ['a class', { text: 'A review.', label: 1 }, 'A review.', ['1']],
  ['datatrove', { text: 'label', metadata: { query: 'prompt', task: 't' } }, 'prompt', ['label']],
  ['several answers', { question: 'Q?', answers: ['one', 'two'] }, 'Q?', ['one', 'two']],
  [
    'a conversation',
    {
      messages: [
        { role: 'user', content: 'Q?' },
        { role: 'assistant', content: 'A.' },
      ],
    },
    'Q?',
    ['A.'],
  ],
];

describe('a row of an evaluation', () => {
  it.each(published)('of %s has a question and its answer', (_, row, question, answers) => {
    expect(readEvaluationRow(row)).toEqual({ question, answers });
  });

  it.each([
    null,
    3,
    'text',
    [],
    {},
    { question: 'Q?' },
    { question: 'Q?', choices: ['a'], answer: 'Z' },
    { choices: ['a'], answer: 7 },
  ])('is none: %j', (row) => expect(readEvaluationRow(row)).toBeUndefined());
});
