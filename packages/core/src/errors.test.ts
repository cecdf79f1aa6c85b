import { expect, test } from 'vitest';
import { LlmError } from './errors.js';

test('isInstance holds for another copy of the class and for nothing else', () => {
  const other = Object.assign(new Error('x'), { [Symbol.for('@llm/core/LlmError')]: true });
  expect(LlmError.isInstance(other)).toBe(true);
  expect(LlmError.isInstance(new LlmError({ code: 'core/x', message: 'x' }))).toBe(true);
  expect(LlmError.isInstance(new Error('x'))).toBe(false);
  expect(LlmError.isInstance(null)).toBe(false);
});
