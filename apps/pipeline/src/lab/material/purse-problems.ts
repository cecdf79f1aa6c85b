/**
 * Word problems of several small operations: "Emily has 8, doubles it, loses 5, halves it, finds 4. How many
 * now?" A single step is a small table; all of them in one pass are not, since doubling and halving make what
 * came before count more or less. Values stay within 1 … 40, halves come out even. Plain sums would not do:
 * they are a mean of their numbers, which attention computes in one pass (88 % after 400 steps, measured).
 */
import {
  type Conversation,
  createRandom,
  type Part,
  type Random,
  type Task,
  type TaskSet,
  textMessage,
} from '@llm/core';
import { finalAnswerReward } from '@llm/rl';

export interface PurseProblem {
  readonly start: number;
  /** In words `+5`, `-5`, `*2`, `/2`: what is done to the value so far. */
  readonly operations: readonly string[];
}

/** `direct` says the number alone; the others say how they came to it, before or after, or ask the tool. */
export type AnswerStyle = 'direct' | 'answer-first' | 'steps-first' | 'calculator';

const most = 40;
const people = ['Emily', 'Ben', 'Nora', 'Tom'];

/** The value after each operation; the last one is the answer. */
export function valuesOf({ start, operations }: PurseProblem): number[] {
  let value = start;
  return operations.map((operation) => {
    const by = Number(operation.slice(1));
    value = { '+': value + by, '-': value - by, '*': value * by, '/': value / by }[operation[0] as '+']!;
    return value;
  });
}

export function purseQuestion(problem: PurseProblem): string {
  const said = problem.operations.map((operation) => {
    const by = operation.slice(1);
    return { '+': `finds ${by}`, '-': `loses ${by}`, '*': 'doubles it', '/': 'halves it' }[
      operation[0] as '+'
    ]!;
  });
  // The same problem is always told of the same person: the question is a function of it.
  const person = createRandom(0, 'person', keyOf(problem)).pick(people);
  return `${person} has ${problem.start}, ${said.join(', ')}. How many now?`;
}

export function purseAnswer(problem: PurseProblem, style: AnswerStyle): Part[] {
  const { start, operations } = problem;
  const values = valuesOf(problem);
  const result = values.at(-1) ?? start;
  const answer = `#### ${result}`;
  const steps = `${start}${operations.map((operation, i) => `${operation}=${values[i]}`).join(' ')}`;
  switch (style) {
    case 'direct':
      return [text(answer)];
    case 'answer-first':
      return [text(`${answer} ${steps}`)];
    case 'steps-first':
      return [text(`${steps} ${answer}`)];
    case 'calculator':
      return [
        { type: 'tool-call', tool: 'calculator', input: expressionOf(problem) },
        { type: 'tool-output', text: `${result}` },
        text(answer),
      ];
  }
}

/** From left to right, as it is told: `(8*2-5)/2+4`. */
export function expressionOf({ start, operations }: PurseProblem): string {
  let expression = `${start}`;
  let isSum = false;
  for (const operation of operations) {
    const scales = operation.startsWith('*') || operation.startsWith('/');
    expression = scales && isSum ? `(${expression})${operation}` : `${expression}${operation}`;
    isSum = !scales;
  }
  return expression;
}

export function purseConversation(problem: PurseProblem, style: AnswerStyle): Conversation {
  return {
    messages: [
      textMessage('user', purseQuestion(problem)),
      { role: 'assistant', parts: purseAnswer(problem, style) },
    ],
  };
}

export interface PurseTasks extends TaskSet {
  /** Draws a problem that is not held out. */
  draw(random: Random): PurseProblem;
}

/** The same problems are held out for every seed of an experiment, so that its models are asked the same. */
export function purseTasks(options: {
  readonly operations: number;
  readonly heldOut: number;
  readonly train: number;
}): PurseTasks {
  const { operations, heldOut, train } = options;
  const random = createRandom(0, 'purse', operations);
  const held = distinct(heldOut, () => drawProblem(random, operations));
  const draw = (of: Random): PurseProblem => {
    for (;;) {
      const problem = drawProblem(of, operations);
      if (!held.has(keyOf(problem))) return problem;
    }
  };
  return {
    specificationVersion: 'v1',
    name: `purses of ${operations} operations`,
    train: [...distinct(train, () => draw(random)).values()].map(taskOf),
    heldOut: [...held.values()].map(taskOf),
    reward: finalAnswerReward(),
    draw,
  };
}

function drawProblem(random: Random, count: number): PurseProblem {
  const start = 1 + random.integer(20);
  const operations: string[] = [];
  let value = start;
  while (operations.length < count) {
    const by = 1 + random.integer(9);
    const operation = random.pick([`+${by}`, `-${by}`, '*2', '/2']);
    const next = valuesOf({ start: value, operations: [operation] })[0]!;
    if (next < 1 || next > most || !Number.isInteger(next)) continue;
    operations.push(operation);
    value = next;
  }
  return { start, operations };
}

function distinct(count: number, draw: () => PurseProblem): Map<string, PurseProblem> {
  const problems = new Map<string, PurseProblem>();
  while (problems.size < count) {
    const problem = draw();
    problems.set(keyOf(problem), problem);
  }
  return problems;
}

function taskOf(problem: PurseProblem): Task {
  return {
    id: keyOf(problem),
    prompt: { messages: [textMessage('user', purseQuestion(problem))] },
    answer: `${valuesOf(problem).at(-1)}`,
  };
}

const keyOf = ({ start, operations }: PurseProblem): string => [start, ...operations].join(' ');

const text = (words: string): Part => ({ type: 'text', text: words });
