import type { GenerateOptions, LanguageModel } from '@llm/core';
import { ByteTokenizer, chatControlTokens, TemplateRenderer } from '@llm/core/testing';
import { miniwebCompletions, miniwebInterviews, miniwebQuestions, miniwebWordGames } from '@llm/miniweb';
import { describe, expect, test } from 'vitest';
import { answerAll, measureAssistant } from './assistant-claims.js';
import { measureBase, unlearnedFacts } from './base-claims.js';

const tokenizer = new ByteTokenizer([...chatControlTokens]);
const renderer = new TemplateRenderer(tokenizer);
const seed = 1;
const count = 30;

/** Says what a list has for a prompt, else `otherwise`. */
function knowing(answers: ReadonlyMap<string, string>, otherwise: string, end: number): LanguageModel {
  return {
    contextLength: 2000,
    generate: async (prompts: readonly Int32Array[], { maxNewTokens }: GenerateOptions) =>
      prompts.map((prompt) => {
        const text = answers.get(prompt.join()) ?? otherwise;
        const ids = Int32Array.from([...tokenizer.encode(text), end]).slice(0, maxNewTokens);
        return { ids };
      }),
  } as unknown as LanguageModel;
}

describe('what an assistant can do', () => {
  const sets = ['facts-never-asked', 'unknown-fresh', 'system-name'] as const;
  const right = new Map(
    sets.flatMap((set) =>
      miniwebQuestions(seed, set, count).map(
        ({ messages, answer }) => [renderer.renderPrompt({ messages }).join(), answer] as const,
      ),
    ),
  );

  test('one that knows everything is right, and refuses what nobody can know', async () => {
    const model = knowing(right, '', renderer.stopToken);
    const claims = await measureAssistant({ model, renderer, seed, count, sets });
    // Answers longer than the limit would be cut; those of the world are not, but bytes are many.
    expect(claims['system-name']!.right).toMatchObject({ share: 1, n: count });
    expect(claims['unknown-fresh']!.refused.share).toBe(1);
    expect(claims['unknown-fresh']!.right.share).toBe(0);
  });

  test('one that always says the same makes everything up; of n answers the interval is Wilson’s', async () => {
    const model = knowing(new Map(), 'It is red.', renderer.stopToken);
    const claims = await measureAssistant({ model, renderer, seed, count, sets });
    for (const set of sets) {
      expect(claims[set]!.madeUp.share).toBe(1);
      // 30 of 30: 30 / (30 + 1.959964²).
      expect(claims[set]!.madeUp.interval[0]).toBeCloseTo(0.88649, 5);
      expect(claims[set]!.madeUp.interval[1]).toBe(1);
    }
  });

  test('answers come in the order of the questions, over several batches', async () => {
    const questions = miniwebQuestions(seed, 'system-name', 150);
    const answers = new Map(
      questions.map(({ messages }, index) => [renderer.renderPrompt({ messages }).join(), `${index}`]),
    );
    const model = knowing(answers, '', renderer.stopToken);
    const said = await answerAll({ model, renderer, seed }, questions);
    const seen = new Map(questions.map(({ messages }, index) => [JSON.stringify(messages), `${index}`]));
    expect(said).toEqual(questions.map(({ messages }) => seen.get(JSON.stringify(messages))));
  });
});

test('questions whose text leaves no room for an answer are left out, and counted out', async () => {
  const questions = miniwebQuestions(seed, 'context-true', count);
  const lengths = questions.map(({ messages }) => renderer.renderPrompt({ messages }).length);
  const middle = [...lengths].sort((a, b) => a - b)[count / 2]!;
  const model = { ...knowing(new Map(), 'No.', renderer.stopToken), contextLength: middle + 40 };
  const claims = await measureAssistant({ model, renderer, seed, count, sets: ['context-true'] });
  expect(claims['context-true']!.madeUp.n).toBe(lengths.filter((length) => length <= middle).length);
});

describe('what a base model can do', () => {
  const begin = tokenizer.specialTokens.get('<|bos|>') as number;
  const asked = (prompt: string): string => [begin, ...tokenizer.encode(prompt)].join();

  test('completions and word games are right where they go on with the answer', async () => {
    const answers = new Map([
      ...miniwebCompletions(seed, count).map(
        ({ prompt, answer }) => [asked(prompt), ` ${answer.slice(0, 11)}`] as const,
      ),
      ...miniwebWordGames(seed, 2, count).map(
        ({ prompt, answer }) => [asked(prompt), ` ${answer} and`] as const,
      ),
    ]);
    const model = knowing(answers, ' nothing', begin);
    const { completions, wordGames } = await measureBase({ model, tokenizer, seed, count, shots: [0, 2] });
    expect(wordGames[2]).toMatchObject({ share: 1, n: count });
    expect(wordGames[0]!.share).toBe(0);
    // Objects of more than eleven bytes are longer than what a byte model may say.
    const short = miniwebCompletions(seed, count).filter(({ answer }) => answer.length <= 11).length;
    expect(completions.share).toBeCloseTo(short / count, 10);
  });

  test('facts that are answered wrongly each time are not learned; one right answer of two is enough', async () => {
    const interviews = miniwebInterviews(seed);
    const [first, second, third] = [0, 2, 4].map((index) => interviews[index]!);
    const known = [first!, second!, interviews[interviews.indexOf(second!) + 1]!];
    const answers = new Map(
      known.map(({ prompt, answers: beginnings }) => [asked(prompt), ` ${beginnings[0]!.slice(0, 15)}`]),
    );
    const model = knowing(answers, ' nothing', begin);
    const unlearned = await unlearnedFacts({ model, tokenizer, seed });
    expect(unlearned.has(first!.factId)).toBe(false);
    expect(unlearned.has(second!.factId)).toBe(false);
    expect(unlearned.has(third!.factId)).toBe(true);
    expect(unlearned.size).toBe(new Set(interviews.map(({ factId }) => factId)).size - 2);
  });
});
