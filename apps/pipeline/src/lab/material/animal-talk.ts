/**
 * Answers that are better or worse, and nobody's number says how much: what is true of an animal, in a few
 * short sentences. The true score stands for a careful reader and is exact here, so that what a reward model
 * learned of it from a few comparisons can be held against it.
 */
import { type Conversation, createRandom, type Random, type Task, textMessage } from '@llm/core';

const traits = [
  'is small',
  'is big',
  'eats grass',
  'eats meat',
  'can swim',
  'can climb',
  'can fly',
  'lives in a den',
  'sleeps by day',
  'has a long tail',
] as const;

/** By number of `traits`. */
const truths: Readonly<Record<string, readonly number[]>> = {
  fox: [0, 3, 7, 9],
  bear: [1, 3, 5, 7],
  owl: [0, 3, 6, 8],
  cow: [1, 2, 4, 9],
  bat: [0, 6, 8, 7],
  otter: [0, 3, 4, 7],
  goose: [1, 2, 4, 6],
  mouse: [0, 2, 5, 9],
};

const askings = ['Tell me about the ANIMAL.', 'What is a ANIMAL like?', 'Describe the ANIMAL.'];

/** Sentences a careful reader likes at most. */
const enough = 4;

export function animalTasks(): Task[] {
  return Object.keys(truths).flatMap((animal) =>
    askings.map((asking, i) => ({
      id: `${animal} ${i}`,
      prompt: { messages: [textMessage('user', asking.replace('ANIMAL', animal))] },
      answer: animal,
    })),
  );
}

/** One to four different sentences, each true with chance `truth`. */
export function animalConversation(task: Task, random: Random, truth: number): Conversation {
  const own = truths[task.answer]!;
  const others = traits.map((_, i) => i).filter((i) => !own.includes(i));
  const [right, wrong] = [random.shuffle([...own]), random.shuffle(others)];
  const count = 1 + random.integer(enough);
  const said = Array.from({ length: count }, () => (random.uniform() < truth ? right.pop()! : wrong.pop()!));
  return {
    messages: [
      ...task.prompt.messages,
      textMessage('assistant', said.map((i) => `It ${traits[i]}.`).join(' ')),
    ],
  };
}

/**
 * A careful reader: a true sentence counts 1, a false one −1, one said before −1, what is no sentence −1, and
 * each beyond four −½; by four, so that 1 is the best there is. Never below −1.
 */
export function trueScore(task: Task, answer: string): number {
  const own = truths[task.answer]!.map((i) => `It ${traits[i]}`);
  const known = new Set(traits.map((trait) => `It ${trait}`));
  const sentences = answer
    .split('.')
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
  const said = new Set<string>();
  let score = 0;
  for (const [i, sentence] of sentences.entries()) {
    if (!known.has(sentence) || said.has(sentence)) score -= 1;
    else score += own.includes(sentence) ? 1 : -1;
    if (i >= enough) score -= 0.5;
    said.add(sentence);
  }
  return Math.max(-1, score / enough);
}

export function animalConversations(count: number, seed: number | string, truth: number): Conversation[] {
  const random = createRandom(seed, 'animals');
  const tasks = animalTasks();
  return Array.from({ length: count }, () => animalConversation(random.pick(tasks), random, truth));
}
