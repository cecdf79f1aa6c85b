/**
 * What an assistant that has read the invented web can do, each claim on its own held-out questions: facts it
 * was asked for and facts it has only read, the text in its window against what it remembers, questions that
 * nobody can answer, names and rules of a system message, letters. Answers are greedy.
 */
import type { ConversationRenderer, LanguageModel, RunEventListener } from '@llm/core';
import { messageText } from '@llm/core';
import {
  judgeAnswer,
  type MiniwebQuestion,
  miniwebQuestions,
  type QuestionSet,
  questionSets,
} from '@llm/miniweb';
import { type Share, shareOf } from './share.js';

export interface ClaimOptions {
  readonly model: LanguageModel;
  readonly renderer: ConversationRenderer;
  readonly seed: number;
  /** Questions of each set. Default 400. */
  readonly count?: number | undefined;
  /** Default: all. */
  readonly sets?: readonly QuestionSet[] | undefined;
  /** By id, added to its logit. Default: none. */
  readonly logitBias?: ReadonlyMap<number, number> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: RunEventListener | undefined;
}

/** Of one set: refused where the answer is known is neither right nor made up. */
export type Claim = {
  readonly right: Share;
  readonly refused: Share;
  /** Neither right nor refused. */
  readonly madeUp: Share;
};

export type AssistantClaims = { readonly [Set in QuestionSet]?: Claim };

const maxNewTokens = 40;
const rows = 64;

export async function measureAssistant(options: ClaimOptions): Promise<AssistantClaims> {
  const { seed, count = 400, sets = questionSets } = options;
  const claims: Record<string, Claim> = {};
  for (const set of sets) claims[set] = await measureSet(options, miniwebQuestions(seed, set, count));
  return claims;
}

async function measureSet(options: ClaimOptions, all: readonly MiniwebQuestion[]): Promise<Claim> {
  const questions = askable(options, all);
  return judgedAnswers(questions, await answerAll(options, questions)).claim;
}

/** Those that leave room for an answer: a text may be longer than the window of a small model. */
export function askable(
  { model, renderer }: Pick<ClaimOptions, 'model' | 'renderer'>,
  questions: readonly MiniwebQuestion[],
): readonly MiniwebQuestion[] {
  const most = model.contextLength - maxNewTokens;
  return questions.filter(({ messages }) => renderer.renderPrompt({ messages }).length <= most);
}

export function judgedAnswers(
  questions: readonly MiniwebQuestion[],
  answers: readonly string[],
): { readonly claim: Claim; readonly verdicts: readonly ReturnType<typeof judgeAnswer>[] } {
  const verdicts = questions.map((question, index) => judgeAnswer(question, answers[index]!));
  const count = (verdict: (typeof verdicts)[number]): Share =>
    shareOf(verdicts.filter((each) => each === verdict).length, questions.length);
  return { claim: { right: count('right'), refused: count('refused'), madeUp: count('wrong') }, verdicts };
}

export async function answerAll(
  { model, renderer, logitBias, signal }: ClaimOptions,
  questions: readonly Pick<MiniwebQuestion, 'messages'>[],
): Promise<string[]> {
  const answers: string[] = [];
  for (let start = 0; start < questions.length; start += rows) {
    const prompts = questions
      .slice(start, start + rows)
      .map(({ messages }) => renderer.renderPrompt({ messages }));
    const completions = await model.generate(prompts, {
      maxNewTokens,
      temperature: 0,
      stopTokens: [renderer.stopToken],
      vocabularySize: renderer.vocabularySize,
      logitBias,
      signal,
    });
    for (const { ids } of completions) answers.push(messageText(renderer.parse(ids).parts));
  }
  return answers;
}
