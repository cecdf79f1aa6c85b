import { expect, test } from 'vitest';
import { emptyTuneDraft, isForPages, tuneRequestOf } from './tune-draft.js';

test('a draft becomes a request when nothing is missing', () => {
  const draft = { ...emptyTuneDraft(), model: ' hf:a/b ' };
  expect(tuneRequestOf(draft)).toBe(undefined);
  expect(tuneRequestOf({ ...draft, conversations: 'x.jsonl\n\n y.jsonl ' })).toEqual({
    ...{ task: 'sft', model: 'hf:a/b', conversations: ['x.jsonl', 'y.jsonl'], lora: 16 },
  });
  expect(tuneRequestOf({ ...draft, task: 'rl', lora: ' ', steps: '30' })).toEqual({
    ...{ task: 'rl', model: 'hf:a/b', tasks: 'arithmetic', steps: 30 },
  });
});

test('what a page can load by itself', () => {
  expect(['hf:a/b', 'https://x/y.gguf', 'file:x.gguf'].every(isForPages)).toBe(true);
  expect(['/home/m.gguf', 'm.gguf', 'hf:a', ''].some(isForPages)).toBe(false);
});
