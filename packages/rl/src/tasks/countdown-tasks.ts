/**
 * Countdown: make a number out of others, each used once. Checkable without knowing the solution, and endless
 * (Gandhi et al. 2024; TinyZero).
 */
import type { Part, Task, TaskSet } from '@llm/core';
import { checkNumber, messageText } from '@llm/core';
import { calculator } from '../tools/calculator.js';
import { type DrawTasksOptions, drawTasks } from './draw-tasks.js';

export interface CountdownTasksOptions extends DrawTasksOptions {
  /** How many numbers, 2 to 6. Default 3. */
  readonly numbers?: number | undefined;
  /** Greatest of them. Default 19. */
  readonly greatest?: number | undefined;
  /** Multiplication, division and parentheses, too. Default false: + and − alone. */
  readonly allOperators?: boolean | undefined;
}

/** Training and held-out tasks have no numbers and target in common. Throws `core/option-invalid`. */
export function countdownTasks(options: CountdownTasksOptions): TaskSet {
  const { numbers: count = 3, greatest = 19, allOperators = false } = options;
  checkNumber('numbers', count, { minimum: 2, maximum: 6, integer: true });
  checkNumber('greatest', greatest, { minimum: 2, maximum: 1000, integer: true });
  const signs = allOperators ? '+, -, *, / and parentheses' : '+ and -';
  return drawTasks(
    'countdown',
    options,
    (random) => {
      const numbers = Array.from({ length: count }, () => 1 + random.integer(greatest));
      const target = numbers.reduce((value, number, i) => {
        if (i === 0) return number;
        if (allOperators && random.uniform() < 0.4) return value * number;
        return random.uniform() < 0.7 ? value + number : value - number;
      });
      if (target < 1) return undefined;
      return {
        id: `${[...numbers].sort((a, b) => a - b).join(' ')} = ${target}`,
        question: `Use the numbers ${numbers.join(', ')}, each exactly once, with ${signs} to make ${target}. Answer with the expression alone, like 5 + 9 - 3.`,
        answer: `${target}`,
        metadata: { numbers, allOperators },
      };
    },
    countdownReward,
  );
}

/** 1 when the last expression in the answer uses each number once and gives the target, else 0. */
function countdownReward({ answer, metadata }: Task, completion: readonly Part[]): number {
  const all = metadata?.allOperators === true;
  // What stands after an equals sign is the result, not a part of the expression.
  const text = messageText(completion).replaceAll(/=\s*-?\d+/g, ';');
  const expressions = text.match(all ? /[\d(][\d\s+\-*/()]*[\d)]/g : /\d+(?:\s*[+-]\s*\d+)+/g);
  const expression = expressions?.filter((each) => /[+\-*/]/.test(each)).at(-1);
  if (expression === undefined) return 0;
  const sorted = (numbers: readonly number[]): string => [...numbers].sort((a, b) => a - b).join();
  const used = expression.match(/\d+/g)!.map(Number);
  if (sorted(used) !== sorted((metadata?.numbers ?? []) as number[])) return 0;
  return calculator.call(expression) === answer ? 1 : 0;
}
