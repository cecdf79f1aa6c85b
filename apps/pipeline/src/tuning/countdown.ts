/**
 * Countdown: make a number out of three others with + and −, each used once. Checkable without knowing the
 * solution, and endless (Gandhi et al. 2024; TinyZero).
 */
import { createRandom, messageText, type Part, type Task, type TaskSet, textMessage } from '@llm/core';

export interface CountdownOptions {
  readonly seed: number;
  readonly train: number;
  readonly heldOut: number;
}

/** There are some thousand different ones. */
const most = 2000;

/** Training and held-out tasks have no numbers and target in common. */
export function countdownTasks({ seed, train, heldOut }: CountdownOptions): TaskSet {
  const random = createRandom(seed, 'countdown');
  const wanted = Math.min(most, train + heldOut);
  const tasks = new Map<string, Task>();
  while (tasks.size < wanted) {
    const numbers = Array.from({ length: 3 }, () => 1 + random.integer(19));
    const target = numbers.reduce(
      (sum, number, i) => (i === 0 || random.uniform() < 0.7 ? sum + number : sum - number),
      0,
    );
    const id = `${[...numbers].sort((a, b) => a - b).join(' ')} = ${target}`;
    if (target < 1 || tasks.has(id)) continue;
    const question = `Use the numbers ${numbers.join(', ')}, each exactly once, with + and - to make ${target}. Answer with the expression alone, like 5 + 9 - 3.`;
    const answer = `${target}`;
    tasks.set(id, {
      id,
      prompt: { messages: [textMessage('user', question)] },
      answer,
      metadata: { numbers },
    });
  }
  const all = [...tasks.values()];
  return {
    specificationVersion: 'v1',
    name: 'countdown',
    train: all.slice(heldOut),
    heldOut: all.slice(0, heldOut),
    reward: (task, completion) => countdownReward(task, completion),
  };
}

/** 1 when the last expression in the answer uses each number once and gives the target, else 0. */
export function countdownReward({ answer, metadata }: Task, completion: readonly Part[]): number {
  const expression = messageText(completion)
    .match(/\d+(?:\s*[+-]\s*\d+)+/g)
    ?.at(-1);
  if (expression === undefined) return 0;
  const terms = expression
    .replaceAll(/\s/g, '')
    .match(/[+-]?\d+/g)!
    .map(Number);
  const used = terms.map(Math.abs).sort((a, b) => a - b);
  const wanted = [...((metadata?.numbers ?? []) as number[])].sort((a, b) => a - b);
  return used.join() === wanted.join() && terms.reduce((a, b) => a + b, 0) === Number(answer) ? 1 : 0;
}
