import { expect, test } from 'vitest';
import { textOfLines } from './run-text.js';

const stream = (...parts: string[]): ReadableStream<string> =>
  new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });

test('lines that are cut anywhere, broken ones and an end without a newline', async () => {
  const parts = ['{"text": "o', 'ne"}\n{"text": 5}\nno JSON\n', '{"text": "two"}\n\n{"tex', 't": "three"}'];
  expect(await textOfLines(stream(...parts))).toBe('one\n\ntwo\n\nthree');
});

test('no more than is asked for', async () => {
  const lines = Array.from({ length: 100 }, () => `{"text": "${'x'.repeat(20)}"}\n`);
  expect((await textOfLines(stream(...lines), 50)).length).toBeLessThanOrEqual(54);
});
