/**
 * Additions as tasks with a checkable answer, for reinforcement learning.
 * The held-out tasks use operand pairs that neither the conversations nor
 * the training tasks nor the lessons of the web ever show, in either order.
 */
import {
  createRandom,
  LlmError,
  type Part,
  type Random,
  type Task,
  type TaskSet,
  textMessage,
} from '@llm/core';
import { drawHeldOutPair, drawOpenPair } from '../held-out/operands.js';
import { additionAnswer, additionQuestion } from './additions.js';
import { checkRange } from './check-range.js';

export interface TaskOptions {
  readonly seed: number | string;
  /** Number of training tasks. Default 4,000. */
  readonly train?: number | undefined;
  /** Number of held-out tasks. Default 1,000: 3 points of confidence interval on each side. */
  readonly heldOut?: number | undefined;
  /** Most digits of an operand, 1…6. Default 3. Lengths are drawn as in the conversations. */
  readonly digits?: number | undefined;
  /**
   * `allowed` (default): the calculator may be used. `forbidden`: an answer that called a tool earns nothing.
   */
  readonly tools?: 'allowed' | 'forbidden' | undefined;
}

/** Throws `miniweb/too-many-tasks` when there are fewer pairs of that length than tasks asked for. */
export function miniwebTasks(options: TaskOptions): TaskSet {
  const { seed, train = 4000, heldOut = 1000, digits = 3, tools = 'allowed' } = options;
  checkRange('train', train, 0, 10_000_000, true);
  checkRange('heldOut', heldOut, 0, 10_000_000, true);
  checkRange('digits', digits, 1, 6, true);
  return {
    specificationVersion: 'v1',
    name: `miniweb-addition-${digits}${tools === 'forbidden' ? '-no-tool' : ''}`,
    train: drawTasks('train', train, createRandom(seed, 'miniweb-tasks', 'train', digits), (random) =>
      drawOpenPair(random, digits),
    ),
    heldOut: drawTasks(
      'held-out',
      heldOut,
      createRandom(seed, 'miniweb-tasks', 'held-out', digits),
      (random) => drawHeldOutPair(random, digits),
    ),
    reward: (task, completion) => additionReward(task, completion, tools === 'allowed'),
  };
}

/** 1 when the last part is text and says exactly `The answer is N.` with the right N, else 0. */
function additionReward(task: Task, completion: readonly Part[], toolsAllowed: boolean): number {
  if (!toolsAllowed && completion.some((part) => part.type !== 'text')) return 0;
  const last = completion.at(-1);
  return last?.type === 'text' && last.text === additionAnswer(Number(task.answer)) ? 1 : 0;
}

function drawTasks(
  split: string,
  count: number,
  random: Random,
  draw: (random: Random) => [number, number],
): Task[] {
  const tasks: Task[] = [];
  const seen = new Set<string>();
  for (let attempt = 0; tasks.length < count; attempt++) {
    if (attempt > 1000 + 200 * count) {
      throw new LlmError({
        code: 'miniweb/too-many-tasks',
        message: `Only ${tasks.length} different ${split} additions were found, ${count} were asked for. Ask for fewer or for more digits.`,
        details: { split, found: tasks.length, count },
      });
    }
    const [a, b] = draw(random);
    const key = a < b ? `${a}+${b}` : `${b}+${a}`;
    if (seen.has(key)) continue;
    seen.add(key);
    tasks.push({
      id: `addition-${a}+${b}`,
      prompt: { messages: [textMessage('user', additionQuestion(a, b, random))] },
      answer: String(a + b),
      metadata: { a, b },
    });
  }
  return tasks;
}
