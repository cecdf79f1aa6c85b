import { expect, test } from 'vitest';
import type { ChatMessage } from '../assistant.js';
import { fitWindow } from './fit-window.js';

const conversation = (exchanges: number): ChatMessage[] => [
  { role: 'system', content: 'xx' },
  ...Array.from({ length: exchanges }, (_, i): ChatMessage[] => [
    { role: 'user', content: 'x'.repeat(1 + (i % 5)) },
    { role: 'assistant', content: 'x'.repeat(1 + (i % 3)) },
  ]).flat(),
  { role: 'user', content: 'xxx' },
];

/** A token a character; counts the messages that it was given. */
function renderer(): { render: (messages: readonly ChatMessage[]) => Int32Array; rendered: () => number } {
  let rendered = 0;
  return {
    render: (messages) => {
      rendered += messages.length;
      return new Int32Array(messages.reduce((sum, { content }) => sum + (content?.length ?? 0), 0));
    },
    rendered: () => rendered,
  };
}

test('the fewest exchanges are left out, whatever the length of the history and the window', () => {
  for (const exchanges of [0, 1, 2, 7, 8, 9, 30, 100])
    for (const contextLength of [8, 20, 21, 50, 101, 400, 2000]) {
      const messages = conversation(exchanges);
      const { render } = renderer();
      const fitted = fitWindow(messages, render, { contextLength, maxNewTokens: 2 });
      const lengths = Array.from(
        { length: exchanges + 1 },
        (_, left) => render([messages[0]!, ...messages.slice(1 + 2 * left)]).length,
      );
      const fewest = lengths.findIndex((length) => length + 2 <= contextLength);
      expect([exchanges, contextLength, fitted.omitted]).toEqual([exchanges, contextLength, 2 * fewest]);
      expect(fitted.ids.length).toBe(lengths[fewest]);
    }
});

test('of a long history no more is rendered than a few times what fits', () => {
  const { render, rendered } = renderer();
  fitWindow(conversation(50_000), render, { contextLength: 60, maxNewTokens: 2 });
  expect(rendered()).toBeLessThan(200);
});
