import type { Task } from '@llm/core';
import { miniwebConversations, miniwebFacts } from '@llm/miniweb';
import { expect, test } from 'vitest';
import { presetOptions } from '../presets.js';
import { checkableQuestions } from './checkable-questions.js';

const question = ({ prompt }: Task): string => {
  const [part] = prompt.messages[0]?.parts ?? [];
  return part?.type === 'text' ? part.text : '';
};

test('facts are asked in words that no conversation used, and only the right answer is right', () => {
  const options = presetOptions('smoke');
  const { facts, sums } = checkableQuestions(options);
  expect(facts?.heldOut).toHaveLength(options.sft.heldOutConversations);
  expect(sums.heldOut).toHaveLength(options.rl.heldOutTasks);
  const known = new Map(miniwebFacts(options.seed).map((fact) => [fact.answer, fact]));
  const { tasks, seed, sft } = options;
  const { demonstrationShare: _, ...mixture } = tasks;
  const shown = new Set(
    miniwebConversations({ ...mixture, seed, count: sft.conversations }).flatMap(({ messages }) =>
      messages.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'text' ? part.text : []))),
    ),
  );
  for (const task of facts?.heldOut ?? []) {
    const fact = known.get(task.answer);
    expect(question(task).toLowerCase()).toContain(fact?.subject.toLowerCase());
    expect(shown).not.toContain(question(task));
    expect(facts?.reward(task, [{ type: 'text', text: task.answer }])).toBe(1);
    expect(facts?.reward(task, [{ type: 'text', text: 'The river near Nowhere is the Nothing.' }])).toBe(0);
    expect(facts?.reward(task, [])).toBe(0);
  }
  expect(new Set(facts?.heldOut.map(({ answer }) => answer)).size).toBe(facts?.heldOut.length);
});

test('of documents or conversations of the user the program knows no facts', () => {
  const options = presetOptions('smoke');
  expect(checkableQuestions({ ...options, input: { kind: 'files', files: [] } }).facts).toBeUndefined();
});
