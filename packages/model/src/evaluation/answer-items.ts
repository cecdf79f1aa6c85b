/** A window of items put to the model together: all that is scored in one go, all that is written next. */
import type { LanguageModel, Tokenizer } from '@llm/core';
import { answerGreedily, type GreedyQuestion, unanswerable } from './answer-greedily.js';
import { judgeChoice } from './choose-option.js';
import { type ContinuationTokens, continuationTokens } from './continuation-tokens.js';
import { byteCount, documentWindows } from './document-windows.js';
import type { EvaluationItem } from './evaluation-task.js';
import { greedyMatches } from './greedy-match.js';
import { isLeftOut, type LeftOut } from './left-out.js';
import type { PromptBuilder } from './prompt-builder.js';
import { scoreContinuations } from './score-continuations.js';

export interface Answered {
  readonly item: EvaluationItem;
  /** By name: 1 or 0 for accuracies. */
  readonly measures: Readonly<Record<string, number>>;
  /** In means; a document's is its bytes. */
  readonly weight: number;
  readonly logProbabilities: readonly number[];
  readonly text: string | undefined;
  readonly truncated: boolean;
}

export interface AnswerItemsOptions {
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
  readonly bosToken: number | null;
  readonly prompts: PromptBuilder;
  readonly batchTokens: number;
  readonly rows: number;
  readonly maxNewTokens: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** In the order of the items. */
export async function answerItems(
  items: readonly EvaluationItem[],
  options: AnswerItemsOptions,
): Promise<(Answered | LeftOut)[]> {
  const { model, tokenizer, bosToken } = options;
  const asked = items.map((item) => {
    const sequences = sequencesOf(item, options);
    if (isLeftOut(sequences)) return sequences;
    const question = questionOf(item, options);
    const reason = question && unanswerable(question, tokenizer, bosToken, model.contextLength);
    return reason ?? { item, sequences, question };
  });
  const possible = asked.flatMap((one) => (isLeftOut(one) ? [] : [one]));
  const scores = await scoreContinuations(
    model,
    possible.flatMap(({ sequences }) => sequences),
    options,
  );
  const words = possible.filter(({ item }) => item.kind === 'continuation');
  const matches = await greedyMatches(
    model,
    words.map(({ sequences }) => sequences[0]!),
    options,
  );
  const texts = await answerGreedily(
    model,
    tokenizer,
    possible.flatMap(({ question }) => question ?? []),
    options,
  );
  let [score, match, text] = [0, 0, 0];
  return asked.map((one) => {
    if (isLeftOut(one)) return one;
    const { item, sequences } = one;
    const logProbabilities = [...scores.subarray(score, score + sequences.length)];
    score += sequences.length;
    const written = one.question && texts[text++];
    const greedy = item.kind === 'continuation' && matches[match++] === true;
    return {
      item,
      measures: measuresOf(item, sequences, logProbabilities, greedy, written?.text ?? '', tokenizer),
      weight: item.kind === 'document' ? byteCount(tokenizer, sequences) : 1,
      logProbabilities,
      text: written?.text,
      truncated: written?.truncated === true || sequences.some(({ truncated }) => truncated),
    };
  });
}

function measuresOf(
  item: EvaluationItem,
  sequences: readonly ContinuationTokens[],
  logProbabilities: readonly number[],
  greedy: boolean,
  text: string,
  tokenizer: Tokenizer,
): Record<string, number> {
  const total = logProbabilities.reduce((sum, part) => sum + part, 0);
  switch (item.kind) {
    case 'choice': {
      const tokens = sequences.map(({ length }) => length);
      return judgeChoice(item, logProbabilities, tokens);
    }
    case 'continuation':
      return { accuracy: greedy ? 1 : 0, logProbability: total };
    case 'generation':
      return Object.fromEntries(
        Object.entries(item.judge(text)).map(([rule, right]) => [rule, right ? 1 : 0]),
      );
    case 'document':
      return { bitsPerByte: -total / (Math.LN2 * byteCount(tokenizer, sequences)) };
  }
}

function sequencesOf(
  item: EvaluationItem,
  { model, tokenizer, bosToken, prompts }: AnswerItemsOptions,
): ContinuationTokens[] | LeftOut {
  if (item.kind === 'document')
    return (
      documentWindows(tokenizer, bosToken, item.text, model.contextLength) ?? {
        reason: 'empty',
        message: 'no byte of it is predicted',
      }
    );
  if (item.kind === 'generation') return [];
  const prompt = prompts.prompt(item);
  const sequences = (item.kind === 'choice' ? item.options : [item.answer]).map((option) =>
    continuationTokens(tokenizer, bosToken, prompt, prompts.task.delimiter + option, model.contextLength),
  );
  const fitting = sequences.flatMap((sequence) => (isLeftOut(sequence) ? [] : [sequence]));
  return sequences.find((sequence) => isLeftOut(sequence)) ?? fitting;
}

function questionOf(
  item: EvaluationItem,
  { prompts, maxNewTokens }: AnswerItemsOptions,
): GreedyQuestion | undefined {
  if (item.kind !== 'generation') return undefined;
  return {
    prompt: prompts.prompt(item),
    maxNewTokens: maxNewTokens ?? item.maxNewTokens,
    stopStrings: item.stopStrings,
  };
}
