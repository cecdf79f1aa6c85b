/**
 * The word problem of the talk: Emily buys apples and oranges, an orange costs so much, the whole so much; what
 * does an apple cost? Three operations, so an answer that comes first has to be right in one pass over the
 * question, and one that comes last has the steps before it to build on. The same number appears in no two
 * problems of both sides: they are split by their four numbers.
 */
import { type Conversation, createRandom, type Part, type Task, type TaskSet, textMessage } from '@llm/core';
import { createTaskSet } from '@llm/rl';

export interface FruitProblem {
  /** So many of the fruit whose price is asked for. */
  readonly asked: number;
  /** So many of the other, at `otherPrice` each. */
  readonly other: number;
  readonly otherPrice: number;
  /** The answer. */
  readonly price: number;
}

/** `direct` says the number alone; the others say how they came to it, before or after, or ask the tool. */
export type AnswerStyle = 'direct' | 'answer-first' | 'steps-first' | 'calculator';

const buyers = ['Emily', 'Ben', 'Nora', 'Tom'];
const fruits = [
  ['apple', 'orange'],
  ['pear', 'melon'],
  ['plum', 'lemon'],
  ['fig', 'peach'],
] as const;

/** All problems whose counts and prices lie in 2 … `most`. */
export function fruitProblems(most: number): FruitProblem[] {
  const numbers = Array.from({ length: most - 1 }, (_, i) => i + 2);
  return numbers.flatMap((asked) =>
    numbers.flatMap((other) =>
      numbers.flatMap((otherPrice) => numbers.map((price) => ({ asked, other, otherPrice, price }))),
    ),
  );
}

export const totalOf = ({ asked, other, otherPrice, price }: FruitProblem): number =>
  asked * price + other * otherPrice;

/** Names are drawn from the problem itself and `seed`. */
export function fruitQuestion(problem: FruitProblem, seed: number | string): string {
  const { asked, other, otherPrice } = problem;
  const random = createRandom(seed, 'fruit', keyOf(problem));
  const [one, two] = random.pick(fruits);
  return `${random.pick(buyers)} buys ${asked} ${plural(one)} and ${other} ${plural(two)}. A ${two} costs $${otherPrice}. The total is $${totalOf(problem)}. What does a ${one} cost?`;
}

export function fruitAnswer(problem: FruitProblem, style: AnswerStyle): Part[] {
  const { asked, other, otherPrice, price } = problem;
  const [total, spent, left] = [totalOf(problem), other * otherPrice, asked * price];
  const steps = `${other}*${otherPrice}=${spent}. ${total}-${spent}=${left}. ${left}/${asked}=${price}.`;
  const answer = `#### ${price}`;
  switch (style) {
    case 'direct':
      return [text(answer)];
    case 'answer-first':
      return [text(`${answer}. ${steps}`)];
    case 'steps-first':
      return [text(`${steps} ${answer}`)];
    case 'calculator':
      return [
        { type: 'tool-call', tool: 'calculator', input: `(${total}-${other}*${otherPrice})/${asked}` },
        { type: 'tool-output', text: `${price}` },
        text(answer),
      ];
  }
}

export function fruitConversation(
  problem: FruitProblem,
  style: AnswerStyle,
  seed: number | string,
): Conversation {
  return {
    messages: [
      textMessage('user', fruitQuestion(problem, seed)),
      { role: 'assistant', parts: fruitAnswer(problem, style) },
    ],
  };
}

export interface FruitTasks extends TaskSet {
  /** The problems behind `train`. */
  readonly problems: readonly FruitProblem[];
}

/** The same split for every seed of an experiment, so that its models are asked the same. */
export function fruitTasks(most: number, heldOut: number): FruitTasks {
  const problems = new Map(fruitProblems(most).map((problem) => [keyOf(problem), problem]));
  const tasks: Task[] = [...problems].map(([id, problem]) => ({
    id,
    prompt: { messages: [textMessage('user', fruitQuestion(problem, 'asked'))] },
    answer: `${problem.price}`,
  }));
  const split = createTaskSet({ name: 'fruit problems', tasks, heldOut });
  // Held-out ones come in no order, so that the first so many are as good as any.
  const order = createRandom(0, 'held-out order').shuffle([...split.heldOut]);
  return { ...split, heldOut: order, problems: split.train.map(({ id }) => problems.get(id)!) };
}

const keyOf = ({ asked, other, otherPrice, price }: FruitProblem): string =>
  [asked, other, otherPrice, price].join(' ');

const text = (words: string): Part => ({ type: 'text', text: words });

const plural = (fruit: string): string => (fruit.endsWith('ch') ? `${fruit}es` : `${fruit}s`);
