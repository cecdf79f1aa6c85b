/** Sums, differences and products of two numbers. The same numbers in the other order are the same task. */
import type { TaskSet } from '@llm/core';
import { checkChoice, checkNumber } from '@llm/core';
import { type DrawTasksOptions, drawTasks } from './draw-tasks.js';
import { finalAnswerReward } from './final-answer.js';

export interface ArithmeticTasksOptions extends DrawTasksOptions {
  /** Default all three. */
  readonly operators?: readonly ('+' | '-' | '*')[] | undefined;
  /** Digits of the greater number at most, 1 to 12. Default 2. */
  readonly digits?: number | undefined;
  /** How the answer is read, see `finalAnswer`. Default `flexible`. */
  readonly rule?: 'strict' | 'flexible' | undefined;
}

/** Throws `core/option-invalid` and `rl/too-few-tasks`. */
export function arithmeticTasks(options: ArithmeticTasksOptions): TaskSet {
  const { operators = ['+', '-', '*'], digits = 2, rule = 'flexible' } = options;
  checkNumber('digits', digits, { minimum: 1, maximum: 12, integer: true });
  checkNumber('operators.length', operators.length, { minimum: 1 });
  for (const operator of operators) checkChoice('operators', operator, ['+', '-', '*']);
  return drawTasks(
    'arithmetic',
    options,
    (random) => {
      const number = (): number => random.integer(10 ** (1 + random.integer(digits)));
      const [a, b, operator] = [number(), number(), operators[random.integer(operators.length)]!];
      const answer = { '+': BigInt(a) + BigInt(b), '-': BigInt(a - b), '*': BigInt(a) * BigInt(b) }[operator];
      const [first, second] = operator === '-' ? [a, b] : [Math.min(a, b), Math.max(a, b)];
      const question = `What is ${a} ${operator} ${b}?${rule === 'strict' ? ' End with #### and the number.' : ''}`;
      return { id: `${first} ${operator} ${second}`, question, answer: `${answer}` };
    },
    finalAnswerReward(rule),
  );
}
