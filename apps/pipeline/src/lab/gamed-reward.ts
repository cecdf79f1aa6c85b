/**
 * Policies against a reward model that was learnt from a few comparisons, and DPO on the same ones: what the
 * arms of `reward-hacking` train and how their answers are scored.
 */
import { messageText, type NamedTensor, type Part, type Task, type TaskSet } from '@llm/core';
import { adamW, muon } from '@llm/model';
import {
  bradleyTerry,
  directPreference,
  type PreferencePair,
  type RewardTerm,
  rewardModelReward,
  rollout,
  scoreAnswers,
  trainPreferences,
} from '@llm/rl';
import type { Language, OpenModel } from '../models/open-model.js';
import type { ExperimentContext } from './experiment.js';
import { imitate } from './imitation.js';
import { labLanguage } from './lab-language.js';
import { hasKeptModel, keepModel, keptParameters, openLabModel } from './lab-model.js';
import { animalConversations, animalTasks, trueScore } from './material/animal-talk.js';
import { type PracticeCurves, practiceObjective, practiceOptimizer, practise } from './practice.js';

export const gamedRewardPlan = {
  model: { depth: 2, width: 64, headWidth: 32, contextLength: 80 },
  truth: 0.7,
  conversations: 6000,
  imitation: { steps: 300, rows: 12, columns: 80, learningRate: 8e-3 },
  pairs: 100,
  heldOutPairs: 200,
  rewardModel: { steps: 60, pairsPerStep: 16, learningRate: 1e-3 },
  practice: { steps: 80, promptsPerStep: 6, samplesPerPrompt: 8, maxNewTokens: 56, learningRate: 7e-4 },
  betas: [0, 0.1, 0.5],
  direct: { steps: 60, pairsPerStep: 16, learningRate: 3e-4, beta: 0.1, measureEvery: 15 },
  /** Answers drawn to each of the 24 questions where scores are measured at the end. */
  samples: 8,
};

export type Sizes = typeof gamedRewardPlan;

/** Scores of the answers of one policy. */
export type Scored = {
  readonly proxy: number[];
  readonly true: number[];
  readonly examples: { readonly prompt: string; readonly answer: string }[];
};
export type Judged = { readonly right: number; readonly n: number };
export type PractisedArm = { readonly curves: PracticeCurves; readonly end: Scored };
export type DirectArm = {
  readonly steps: number[];
  readonly proxy: number[];
  readonly true: number[];
  readonly end: Scored;
};

/** What all arms of a seed share. */
interface Bench {
  readonly context: ExperimentContext<Sizes>;
  readonly seed: number;
  readonly language: Language;
  /** Of the policy that has imitated. */
  readonly parameters: ReadonlyMap<string, NamedTensor>;
}

export async function prepare(context: ExperimentContext<Sizes>, seed: number): Promise<Bench> {
  const { plan, store, threads, signal, onEvent } = context;
  const conversations = animalConversations(plan.conversations, seed, plan.truth);
  const language = await labLanguage(animalConversations(400, 'language', plan.truth), 320);
  const name = `imitator-${seed}`;
  if (!(await hasKeptModel(store, name))) {
    signal.throwIfAborted();
    const opened = await openLabModel({ sizes: plan.model, language, threads, seed, optimizer: muon() });
    try {
      const stage = `imitation, seed ${seed}`;
      await imitate({ opened, conversations, sizes: plan.imitation, seed, stage, signal, onEvent });
      await keepModel(store, name, opened);
    } finally {
      await opened.model.dispose();
    }
  }
  return { context, seed, language, parameters: await keptParameters(store, name) };
}

async function withPolicy<Result>(
  { context, seed, language, parameters }: Bench,
  objective: Parameters<typeof openLabModel>[0]['objective'],
  use: (opened: OpenModel) => Promise<Result>,
): Promise<Result> {
  const opened = await openLabModel({
    ...{ sizes: context.plan.model, language, threads: context.threads, seed, parameters, objective },
    optimizer: practiceOptimizer(),
  });
  try {
    return await use(opened);
  } finally {
    await opened.model.dispose();
  }
}

const rewardModelName = (seed: number): string => `reward-model-${seed}`;

/** Comparisons of two answers of the policy by the careful reader; equal ones are not asked about. */
async function comparisons(
  bench: Bench,
  opened: OpenModel,
  count: number,
  seed: number,
): Promise<PreferencePair[]> {
  const pairs: PreferencePair[] = [];
  const tasks = animalTasks();
  for (let round = 0; pairs.length < count; round++) {
    const answers = await rollout({
      ...{ model: opened.model, renderer: opened.renderer, tasks, samplesPerPrompt: 4 },
      reward: readerScore,
      requireWellFormed: false,
      maxNewTokens: bench.context.plan.practice.maxNewTokens,
      seed: seed * 1000 + round,
      signal: bench.context.signal,
    });
    for (let i = 0; i + 1 < answers.length && pairs.length < count; i += 2) {
      const [a, b] = [answers[i]!, answers[i + 1]!];
      if (a.reward === b.reward) continue;
      const [chosen, rejected] = a.reward > b.reward ? [a, b] : [b, a];
      pairs.push({
        prompt: a.task.prompt,
        chosen: readable(chosen.parts),
        rejected: readable(rejected.parts),
      });
    }
  }
  return pairs;
}

/** What is read of an answer: calls of tools and what else a broken one may hold are not. */
const readable = (parts: readonly Part[]): Part[] => [{ type: 'text', text: messageText(parts) }];

const readerScore = (task: Task, parts: readonly Part[]): number => trueScore(task, messageText(parts));

function trainingPairs(bench: Bench, opened: OpenModel): Promise<PreferencePair[]> {
  return comparisons(bench, opened, bench.context.plan.pairs, 2 * bench.seed);
}

export async function trainRewardModel(bench: Bench): Promise<Judged> {
  const { context, seed, language, parameters } = bench;
  const { plan, threads, signal, onEvent, store } = context;
  const [pairs, heldOut] = await withPolicy(bench, undefined, async (policy) => [
    await trainingPairs(bench, policy),
    await comparisons(bench, policy, plan.heldOutPairs, 2 * seed + 1),
  ]);
  const opened = await openLabModel({
    ...{ sizes: plan.model, language, threads, seed, parameters, scalarHead: true },
    objective: bradleyTerry({ centerCoefficient: 0.01 }),
    optimizer: adamW(),
  });
  try {
    const { steps, pairsPerStep, learningRate } = plan.rewardModel;
    await trainPreferences({
      ...{
        policy: opened.model,
        renderer: opened.renderer,
        pairs,
        steps,
        pairsPerStep,
        seed,
        signal,
        onEvent,
      },
      score: 'ends',
      stage: `reward model, seed ${seed}`,
      schedule: { shape: 'trapezoid', peak: learningRate, warmUpSteps: 3 },
    });
    const scores = await scoreAnswers(
      { model: opened.model, renderer: opened.renderer },
      heldOut.flatMap(({ prompt, chosen, rejected }) => [
        { prompt, answer: chosen },
        { prompt, answer: rejected },
      ]),
    );
    await keepModel(store, rewardModelName(seed), opened);
    const right = heldOut.filter((_, i) => scores[2 * i]! > scores[2 * i + 1]!).length;
    return { right, n: heldOut.length };
  } finally {
    await opened.model.dispose();
  }
}

/** The reward model, for as long as `use` takes. */
async function withRewardModel<Result>(
  { context, seed, language }: Bench,
  use: (reward: TaskSet['reward']) => Promise<Result>,
): Promise<Result> {
  const { plan, threads, store } = context;
  const opened = await openLabModel({
    ...{ sizes: plan.model, language, threads, seed, scalarHead: true },
    parameters: await keptParameters(store, rewardModelName(seed)),
    optimizer: adamW(),
  });
  try {
    const reward = rewardModelReward({ model: opened.model, renderer: opened.renderer, rows: 64 });
    return await use((task, parts) => reward(task, readable(parts)));
  } finally {
    await opened.model.dispose();
  }
}

async function scoreWith(
  bench: Bench,
  { model, renderer }: OpenModel,
  proxyOf: TaskSet['reward'],
): Promise<Scored> {
  const { plan, signal } = bench.context;
  const answers = await rollout({
    ...{ model, renderer, tasks: animalTasks(), samplesPerPrompt: plan.samples, signal },
    reward: readerScore,
    requireWellFormed: false,
    maxNewTokens: plan.practice.maxNewTokens,
    seed: bench.seed,
  });
  return {
    proxy: await Promise.all(answers.map(({ task, parts }) => proxyOf(task, parts))),
    true: answers.map(({ reward }) => reward),
    examples: answers
      .filter((_, i) => i % (3 * plan.samples) === 0)
      .slice(0, 3)
      .map(({ task, parts }) => ({
        prompt: messageText(task.prompt.messages[0]!.parts),
        answer: messageText(parts),
      })),
  };
}

/** Of the policy that has imitated and not practised. */
export function scoreImitation(bench: Bench): Promise<Scored> {
  return withPolicy(bench, undefined, (opened) =>
    withRewardModel(bench, (proxyOf) => scoreWith(bench, opened, proxyOf)),
  );
}

export function practiseAgainst(bench: Bench, beta: number): Promise<PractisedArm> {
  const { context, seed } = bench;
  const { plan, signal, onEvent } = context;
  const tasks = animalTasks();
  return withRewardModel(bench, (proxyOf) =>
    withPolicy(bench, undefined, (reference) =>
      withPolicy(bench, practiceObjective(), async (opened) => {
        const rewards: RewardTerm[] = [
          { name: 'proxy', reward: proxyOf },
          { name: 'true', weight: 0, reward: readerScore },
        ];
        const curves = await practise({
          ...{ opened, sizes: plan.practice, seed, rewards, signal, onEvent },
          tasks: {
            specificationVersion: 'v1',
            name: 'animals',
            train: tasks,
            heldOut: tasks,
            reward: readerScore,
          },
          // An answer that never ends is for the reward model to judge, too.
          requireWellFormed: false,
          reference: reference.model,
          // Too small to pull, so that the distance is measured where nothing holds the policy.
          klPenalty: beta === 0 ? 1e-9 : beta,
          stage: `β = ${beta}, seed ${seed}`,
        });
        if (beta === 0 && seed === context.seeds[0]) await keepModel(context.store, 'practice', opened);
        return { curves, end: await scoreWith(bench, opened, proxyOf) };
      }),
    ),
  );
}

export function trainDirectly(bench: Bench): Promise<DirectArm> {
  const { context, seed } = bench;
  const { plan, signal, onEvent } = context;
  const { steps, pairsPerStep, learningRate, beta, measureEvery } = plan.direct;
  return withRewardModel(bench, (proxyOf) =>
    withPolicy(bench, undefined, async (reference) => {
      const pairs = await trainingPairs(bench, reference);
      return withPolicy(bench, directPreference({ beta }), async (opened) => {
        const curve = { steps: [] as number[], proxy: [] as number[], true: [] as number[] };
        await trainPreferences({
          ...{ policy: opened.model, reference: reference.model, renderer: opened.renderer, pairs, seed },
          ...{ steps, pairsPerStep, signal, onEvent, evaluateEvery: measureEvery, evaluateFirst: true },
          stage: `DPO, seed ${seed}`,
          schedule: { shape: 'trapezoid', peak: learningRate, warmUpSteps: 3 },
          evaluate: async (step) => {
            const scored = await scoreWith(bench, opened, proxyOf);
            const values = { proxy: meanOf(scored.proxy), true: meanOf(scored.true) };
            curve.steps.push(step);
            curve.proxy.push(values.proxy);
            curve.true.push(values.true);
            return values;
          },
        });
        return { ...curve, end: await scoreWith(bench, opened, proxyOf) };
      });
    }),
  );
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
