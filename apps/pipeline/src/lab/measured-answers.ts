/**
 * How a model of an experiment answers its held-out questions: greedily and by samples, as counts, so that seeds
 * can be added up; and the measures of a report from them, with Wilson intervals (1927). The interval of sampled
 * accuracy counts a question once, however often it was sampled: wider than the truth, never narrower.
 */
import type { RunOptions, TaskSet, Tool } from '@llm/core';
import { evaluateTasks, wilsonInterval } from '@llm/rl';
import type { LabMeasure, LabSample } from '@llm/studio/wire';
import type { OpenModel } from '../models/open-model.js';

/** Counts of one model. */
export type MeasuredAnswers = {
  readonly n: number;
  /** Right at temperature 0. */
  readonly right: number;
  /** Of these questions several samples were drawn. */
  readonly sampled: number;
  /** Mean share of right samples. */
  readonly passAt1: number;
  /** Share of questions of which one of `samples` is right, at least. */
  readonly passAtMost: number;
  readonly samples: number;
  readonly meanLength: number;
  readonly toolCallRate: number;
  readonly formatValid: number;
  readonly examples: { readonly prompt: string; readonly answer: string; readonly right: boolean }[];
};

export interface MeasureAnswersOptions extends RunOptions {
  readonly opened: OpenModel;
  readonly tasks: TaskSet;
  readonly tools?: readonly Tool[] | undefined;
  readonly questions: number;
  /** Default 0: none are drawn. */
  readonly samples?: number | undefined;
  readonly sampledQuestions?: number | undefined;
  readonly maxNewTokens: number;
}

export async function measureAnswers(options: MeasureAnswersOptions): Promise<MeasuredAnswers> {
  const { opened, tasks, tools, questions, samples = 0, maxNewTokens, signal, onEvent } = options;
  const sampled = samples === 0 ? 0 : Math.min(questions, options.sampledQuestions ?? questions);
  const report = await evaluateTasks({
    ...{ model: opened.model, renderer: opened.renderer, tasks, tools, maxNewTokens, signal, onEvent },
    limit: questions,
    samples,
    sampledTasks: sampled,
    examples: 3,
    stage: 'lab',
  });
  return {
    n: report.n,
    right: Math.round(report.accuracy * report.n),
    sampled,
    passAt1: report.passAtK[1] ?? 0,
    passAtMost: report.passAtK[samples] ?? 0,
    samples,
    meanLength: report.meanLength,
    toolCallRate: report.toolCallRate,
    formatValid: report.formatValid,
    examples: report.examples.map(({ text, reward }) => ({ ...exchanged(text), right: reward >= 1 })),
  };
}

/** The share of right greedy answers, all seeds together. */
export function rightAnswers(arm: string, seeds: readonly MeasuredAnswers[]): LabMeasure {
  return sharesOf(
    arm,
    'right answers',
    seeds.map(({ right, n }) => ({ share: right / n, n })),
  );
}

/** The share of right samples at temperature 1: pass@1. */
export function rightSamples(arm: string, seeds: readonly MeasuredAnswers[]): LabMeasure {
  return sharesOf(
    arm,
    'right answers, sampled (pass@1)',
    seeds.map(({ passAt1, sampled }) => ({ share: passAt1, n: sampled })),
  );
}

/** pass@k of as many samples as there are. */
export function rightAmong(arm: string, seeds: readonly MeasuredAnswers[]): LabMeasure {
  return sharesOf(
    arm,
    `one of ${seeds[0]?.samples ?? 0} samples is right (pass@${seeds[0]?.samples ?? 0})`,
    seeds.map(({ passAtMost, sampled }) => ({ share: passAtMost, n: sampled })),
  );
}

export function tokensPerAnswer(arm: string, seeds: readonly MeasuredAnswers[]): LabMeasure {
  const bySeed = seeds.map(({ meanLength }) => meanLength);
  const n = seeds.reduce((sum, one) => sum + one.n, 0);
  return { arm, name: 'tokens per answer', unit: 'tokens', value: mean(bySeed), n, interval: null, bySeed };
}

export function sharesOf(
  arm: string,
  name: string,
  seeds: readonly { readonly share: number; readonly n: number }[],
): LabMeasure {
  const n = seeds.reduce((sum, one) => sum + one.n, 0);
  const right = seeds.reduce((sum, one) => sum + one.share * one.n, 0);
  const bySeed = seeds.map(({ share }) => share);
  return {
    arm,
    name,
    unit: 'share',
    value: n === 0 ? 0 : right / n,
    n,
    interval: wilsonInterval(right, n),
    bySeed,
  };
}

export function samplesOf(arm: string, { examples }: MeasuredAnswers): LabSample[] {
  return examples.map(({ prompt, answer, right }) => ({ arm, prompt, answer, right }));
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** `transcript` puts the turns one below the other; ours have one question. */
function exchanged(text: string): { prompt: string; answer: string } {
  const [prompt = '', ...answer] = text.split('\nassistant: ');
  return { prompt: prompt.replace(/^user: /, ''), answer: answer.join('\n') };
}
