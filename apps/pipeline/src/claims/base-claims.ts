/**
 * What a base model can do that has only read: go on with sentences of pages as their facts have it, and find
 * the rule of a word game from examples in its window. And what it is asked to learn which facts it knows.
 */
import type { LanguageModel, Tokenizer } from '@llm/core';
import {
  type MiniwebCompletion,
  miniwebCompletions,
  miniwebInterviews,
  miniwebWordGames,
} from '@llm/miniweb';
import { type Share, shareOf } from './share.js';

export interface BaseClaimOptions {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer & { readonly specialTokens: ReadonlyMap<string, number> };
  readonly seed: number;
  /** Default 400. */
  readonly count?: number | undefined;
  /** Numbers of examples in word games. Default 0, 1, 2, 4, 10. */
  readonly shots?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type BaseClaims = {
  /** Sentences of pages completed with the object of their fact. */
  readonly completions: Share;
  /** Word games by number of examples. */
  readonly wordGames: { readonly [shots: string]: Share };
};

const rows = 64;

export async function measureBase(options: BaseClaimOptions): Promise<BaseClaims> {
  const { seed, count = 400, shots = [0, 1, 2, 4, 10] } = options;
  const wordGames: Record<string, Share> = {};
  for (const number of shots)
    wordGames[number] = await measureCompletions(options, miniwebWordGames(seed, number, count));
  return { completions: await measureCompletions(options, miniwebCompletions(seed, count)), wordGames };
}

async function measureCompletions(
  options: BaseClaimOptions,
  items: readonly MiniwebCompletion[],
): Promise<Share> {
  const texts = await continueAll(
    options,
    items.map(({ prompt }) => prompt),
    12,
  );
  const hits = items.filter(({ answer }, index) => texts[index]!.trimStart().startsWith(answer)).length;
  return shareOf(hits, items.length);
}

/**
 * Ids of the facts that the base model does not know: of its greedy answers to questions as pages ask them,
 * more than half are wrong (the interrogation of Llama 3's report, with the model that the assistant is made
 * of).
 */
export async function unlearnedFacts(options: BaseClaimOptions, wordings = 2): Promise<Set<string>> {
  const items = miniwebInterviews(options.seed, wordings);
  const texts = await continueAll(
    options,
    items.map(({ prompt }) => prompt),
    16,
  );
  const right = new Map<string, number>();
  for (const [index, { factId, answers }] of items.entries()) {
    const text = texts[index]!.trimStart();
    const hit = answers.some((answer) => text.startsWith(answer)) ? 1 : 0;
    right.set(factId, (right.get(factId) ?? 0) + hit);
  }
  return new Set([...right].filter(([, hits]) => hits * 2 < wordings).map(([id]) => id));
}

async function continueAll(
  options: BaseClaimOptions,
  prompts: readonly string[],
  maxNewTokens: number,
): Promise<string[]> {
  const { tokenizer } = options;
  const begin = tokenizer.specialTokens.get('<|bos|>') as number;
  const ids = prompts.map((prompt) => Int32Array.from([begin, ...tokenizer.encode(prompt)]));
  const continued = await continueGreedily(options, ids, maxNewTokens);
  return continued.map((each) => tokenizer.decode(each));
}

/** What the model goes on with, up to the end of a document. */
export async function continueGreedily(
  { model, tokenizer, signal }: Omit<BaseClaimOptions, 'seed' | 'count' | 'shots'>,
  prompts: readonly Int32Array[],
  maxNewTokens: number,
): Promise<Int32Array[]> {
  const end = tokenizer.specialTokens.get('<|bos|>') as number;
  const continued: Int32Array[] = [];
  for (let start = 0; start < prompts.length; start += rows) {
    const completions = await model.generate(prompts.slice(start, start + rows), {
      maxNewTokens,
      temperature: 0,
      stopTokens: [end],
      signal,
    });
    continued.push(...completions.map(({ ids }) => ids));
  }
  return continued;
}
