/**
 * How a model of an experiment answers its held-out questions: greedily and by
 * samples, as counts, so that seeds can be added up; and the measures of a report
 * from them, with Wilson intervals (1927). The interval of sampled accuracy counts a
 * question once, however often it was sampled: wider than the truth, never narrower.
 */
import { createRandom, messageText, type RunOptions, type TaskSet, type Tool } from '@llm/core';
import { evaluateTasks, rollout, wilsonInterval } from '@llm/rl';
import type { LabMeasure, LabSample } from '@llm/studio/wire';
import type { OpenModel } from '../models/open-model.js';

/** Counts of one model. */
export type MeasuredAnswers = {
  readonly n: number;
  /** Right at temperature 0. */
  readonly right: number;
  /** Greedy answers whose last number is right, whatever they committed to before. */
  readonly endsRight: number;
  /** Tokens of a greedy answer. */
  readonly meanLength: number;
  readonly toolCallRate: number;
  readonly formatValid: number;
  readonly sampled: SampledAnswers;
  readonly examples: { readonly prompt: string; readonly answer: string; readonly right: boolean }[];
};

/** Of samples at temperature 1. */
export type SampledAnswers = {
  /** Questions that were asked. */
  readonly n: number;
  /** Samples of each. */
  readonly samples: number;
  /** Share of right samples. */
  readonly passAt1: number;
  /** Share of questions of which one sample is right, at least. */
  readonly passAtMost: number;
  readonly meanLength: number;
  /** Share of samples that show steps: an equals sign before the answer. */
  readonly withSteps: number;
};

export interface MeasureAnswersOptions extends RunOptions {
  readonly opened: OpenModel;
  readonly tasks: TaskSet;
  readonly tools?: readonly Tool[] | undefined;
  readonly sizes: MeasuringSizes;
  readonly maxNewTokens: number;
}

export type MeasuringSizes = {
  /** Held-out questions answered greedily. */
  readonly questions: number;
  /** Of these so many samples are drawn, … */
  readonly sampledQuestions: number;
  /** … so many of each. 0: none. */
  readonly samples: number;
};

export async function measureAnswers(options: MeasureAnswersOptions): Promise<MeasuredAnswers> {
  const { opened, tasks, tools, sizes, maxNewTokens, signal, onEvent } = options;
  const report = await evaluateTasks({
    ...{ model: opened.model, renderer: opened.renderer, tasks, tools, maxNewTokens, signal, onEvent },
    limit: sizes.questions,
    examples: sizes.questions,
    stage: 'lab',
  });
  return {
    n: report.n,
    right: Math.round(report.accuracy * report.n),
    endsRight: report.examples.filter(({ text, answer }) => text.match(/-?\d+/g)?.at(-1) === answer).length,
    meanLength: report.meanLength,
    toolCallRate: report.toolCallRate,
    formatValid: report.formatValid,
    sampled: await sampleAnswers(options),
    examples: report.examples
      .slice(0, 3)
      .map(({ text, reward }) => ({ ...exchanged(text), right: reward >= 1 })),
  };
}

/** Only the samples, for what is measured often. */
export async function sampleAnswers(options: MeasureAnswersOptions): Promise<SampledAnswers> {
  const { opened, tasks, tools, sizes, maxNewTokens, signal } = options;
  const { sampledQuestions, samples } = sizes;
  const asked = samples === 0 ? [] : tasks.heldOut.slice(0, sampledQuestions);
  const answers: Awaited<ReturnType<typeof rollout>> = [];
  const together = Math.max(1, Math.floor(128 / Math.max(1, samples)));
  for (let start = 0; start < asked.length; start += together)
    answers.push(
      ...(await rollout({
        ...{ model: opened.model, renderer: opened.renderer, tools, maxNewTokens, signal },
        tasks: asked.slice(start, start + together),
        reward: (task, parts) => tasks.reward(task, parts),
        samplesPerPrompt: samples,
        seed: createRandom(0, 'lab-samples', start).uint32(),
      })),
    );
  const isRight = answers.map(({ reward }) => reward >= 1);
  const solved = asked.filter((_, i) => isRight.slice(i * samples, (i + 1) * samples).includes(true));
  const share = (count: number, of: number): number => (of === 0 ? 0 : count / of);
  return {
    n: asked.length,
    samples,
    passAt1: share(isRight.filter(Boolean).length, answers.length),
    passAtMost: share(solved.length, asked.length),
    meanLength: share(
      answers.reduce((sum, { ids }) => sum + ids.length, 0),
      answers.length,
    ),
    withSteps: share(answers.filter(({ parts }) => showsSteps(messageText(parts))).length, answers.length),
  };
}

/** Whether something was worked out before the answer. */
export function showsSteps(answer: string): boolean {
  return answer.split('####')[0]!.includes('=');
}

/** The share of right greedy answers, all seeds together. */
export function rightAnswers(arm: string, seeds: readonly MeasuredAnswers[]): LabMeasure {
  return sharesOf(
    arm,
    'right answers',
    seeds.map(({ right, n }) => ({ share: right / n, n })),
  );
}

/**
 * The share of greedy answers that end with the right number: for answers that show their steps afterwards.
 */
export function endsRight(arm: string, seeds: readonly MeasuredAnswers[]): LabMeasure {
  return sharesOf(
    arm,
    'the last number written is right',
    seeds.map((one) => ({ share: one.endsRight / one.n, n: one.n })),
  );
}

/** The share of right samples at temperature 1: pass@1. */
export function rightSamples(arm: string, seeds: readonly MeasuredAnswers[]): LabMeasure {
  return sharesOf(
    arm,
    'right answers, sampled (pass@1)',
    seeds.map(({ sampled }) => ({ share: sampled.passAt1, n: sampled.n })),
  );
}

/** pass@k of as many samples as there are. */
export function rightAmong(arm: string, seeds: readonly MeasuredAnswers[]): LabMeasure {
  const samples = seeds[0]?.sampled.samples ?? 0;
  return sharesOf(
    arm,
    `one of ${samples} samples is right (pass@${samples})`,
    seeds.map(({ sampled }) => ({ share: sampled.passAtMost, n: sampled.n })),
  );
}

/** Of samples: the share that works something out before it answers. */
export function samplesWithSteps(arm: string, seeds: readonly MeasuredAnswers[]): LabMeasure {
  return sharesOf(
    arm,
    'answers that show steps, sampled',
    seeds.map(({ sampled }) => ({ share: sampled.withSteps, n: sampled.n })),
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
