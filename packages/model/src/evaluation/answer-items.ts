/** A window of items put to the model together: all that is scored in one go, all that is written next. */
import type { LanguageModel, Tokenizer } from '@llm/core';
import { answerGreedily, type GreedyQuestion } from './answer-greedily.js';
import { judgeChoice } from './choose-option.js';
import { type ContinuationTokens, continuationTokens } from './continuation-tokens.js';
import { byteCount, documentWindows } from './document-windows.js';
import type { EvaluationItem } from './evaluation-task.js';
import { greedyMatches } from './greedy-match.js';
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
  readonly bosToken: number;
  readonly prompts: PromptBuilder;
  readonly batchTokens: number;
  readonly rows: number;
  readonly maxNewTokens: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** undefined where an option does not fit the model's window, or a document has no bytes. */
export async function answerItems(
  items: readonly EvaluationItem[],
  options: AnswerItemsOptions,
): Promise<(Answered | undefined)[]> {
  const { model, tokenizer } = options;
  const asked = items.map((item) => {
    const sequences = sequencesOf(item, options);
    return sequences && { item, sequences, question: questionOf(item, options) };
  });
  const possible = asked.filter((one) => one !== undefined);
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
    if (one === undefined) return undefined;
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
): ContinuationTokens[] | undefined {
  if (item.kind === 'document') return documentWindows(tokenizer, bosToken, item.text, model.contextLength);
  if (item.kind === 'generation') return [];
  const prompt = prompts.prompt(item);
  const sequences = (item.kind === 'choice' ? item.options : [item.answer]).map((option) =>
    continuationTokens(tokenizer, bosToken, prompt, prompts.task.delimiter + option, model.contextLength),
  );
  const fitting = sequences.filter((sequence) => sequence !== undefined);
  return fitting.length === sequences.length ? fitting : undefined;
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
