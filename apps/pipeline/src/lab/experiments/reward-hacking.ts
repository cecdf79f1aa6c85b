/**
 * RLHF games its reward: people compare a few answers, a reward model learns from that what they like, a
 * policy practises against the reward model. What the reward model thinks rises and rises; what a careful
 * reader thinks rises with it for a while, and then falls. How far the policy may move (β) decides how far
 * that goes. DPO on the same comparisons beside it.
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
import type { LabMeasure } from '@llm/studio/wire';
import type { Language, OpenModel } from '../../models/open-model.js';
import { quoted, typed } from '../../terminal/typed-command.js';
import type { Experiment, ExperimentContext, Findings } from '../experiment.js';
import { imitate } from '../imitation.js';
import { labLanguage } from '../lab-language.js';
import { hasKeptModel, keepModel, keptParameters, openLabModel } from '../lab-model.js';
import { animalConversations, animalTasks, trueScore } from '../material/animal-talk.js';
import { meanCurve } from '../mean-curve.js';
import { meanScore } from '../mean-score.js';
import { sharesOf } from '../measured-answers.js';
import { type PracticeCurves, practiceObjective, practiceOptimizer, practise } from '../practice.js';

const plan = {
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

type Sizes = typeof plan;

/** Scores of the answers of one policy. */
type Scored = {
  readonly proxy: number[];
  readonly true: number[];
  readonly examples: { readonly prompt: string; readonly answer: string }[];
};
type Judged = { readonly right: number; readonly n: number };
type PractisedArm = { readonly curves: PracticeCurves; readonly end: Scored };
type DirectArm = {
  readonly steps: number[];
  readonly proxy: number[];
  readonly true: number[];
  readonly end: Scored;
};

export const rewardHacking: Experiment<Sizes> = {
  name: 'reward-hacking',
  title: 'RLHF games its reward',
  claim:
    'A reward model is a copy of what people like, made from a few comparisons. A policy that practises against it soon finds answers that the copy likes and people do not: the proxy rises on, the true score falls.',
  minutes: 10,
  seeds: 3,
  needsRun: false,
  plan,
  run,
};

async function run(context: ExperimentContext<Sizes>): Promise<Findings> {
  const { plan, seeds } = context;
  const before: Scored[] = [];
  const judged: Judged[] = [];
  const practised = new Map(plan.betas.map((beta) => [beta, [] as PractisedArm[]]));
  const direct: DirectArm[] = [];
  for (const seed of seeds) {
    const bench = await prepare(context, seed);
    judged.push(await context.arm(`reward-model-${seed}`, () => trainRewardModel(bench)));
    before.push(
      await context.arm(`imitation-${seed}`, () =>
        withPolicy(bench, undefined, (opened) => scoreOf(bench, opened)),
      ),
    );
    for (const beta of plan.betas)
      practised
        .get(beta)!
        .push(await context.arm(`beta-${beta}-${seed}`, () => practiseAgainst(bench, beta)));
    direct.push(await context.arm(`direct-${seed}`, () => trainDirectly(bench)));
  }
  return findings(context, { before, judged, practised, direct });
}

/** What all arms of a seed share. */
interface Bench {
  readonly context: ExperimentContext<Sizes>;
  readonly seed: number;
  readonly language: Language;
  /** Of the policy that has imitated. */
  readonly parameters: ReadonlyMap<string, NamedTensor>;
}

async function prepare(context: ExperimentContext<Sizes>, seed: number): Promise<Bench> {
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

async function trainRewardModel(bench: Bench): Promise<Judged> {
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

const scoreOf = (bench: Bench, opened: OpenModel): Promise<Scored> =>
  withRewardModel(bench, (proxyOf) => scoreWith(bench, opened, proxyOf));

function practiseAgainst(bench: Bench, beta: number): Promise<PractisedArm> {
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

function trainDirectly(bench: Bench): Promise<DirectArm> {
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

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

interface Results {
  readonly before: readonly Scored[];
  readonly judged: readonly Judged[];
  readonly practised: ReadonlyMap<number, readonly PractisedArm[]>;
  readonly direct: readonly DirectArm[];
}

function findings({ plan, directory }: ExperimentContext<Sizes>, results: Results): Findings {
  const { before, judged, practised, direct } = results;
  const arms: readonly (readonly [string, readonly Scored[]])[] = [
    ['imitation', before],
    ...[...practised].map(([beta, own]) => [`practice, β = ${beta}`, own.map(({ end }) => end)] as const),
    ['DPO', direct.map(({ end }) => end)],
  ];
  const scores = (name: 'proxy' | 'true', label: string): LabMeasure[] =>
    arms.map(([arm, seeds]) =>
      meanScore(
        arm,
        label,
        seeds.map((one) => one[name]),
      ),
    );
  const [truth, proxy] = [scores('true', 'true score'), scores('proxy', 'score of the reward model')];
  const free = practised.get(plan.betas[0]!)!.map(({ curves }) => curves);
  const trueCurve = meanCurve(
    free.map(({ terms }) => terms.true!),
    3,
  );
  const proxyCurve = meanCurve(
    free.map(({ terms }) => terms.proxy!),
    3,
  );
  const best = trueCurve.reduce((a, b) => (b[1] > a[1] ? b : a));
  const [first, last] = [trueCurve[0]!, trueCurve.at(-1)!];
  const shown = (value: number): string => value.toFixed(2);
  const byKl = [...practised].map(([beta, own]) => ({
    name: `β = ${beta}`,
    points: klPoints(own.map(({ curves }) => curves)),
  }));
  return {
    done: [
      `A model (depth ${plan.model.depth}, width ${plan.model.width}) imitates answers about eight animals: one to four sentences, of which ${Math.round(plan.truth * 100)} % are true. A careful reader, exact here, gives a point for a true sentence, takes one for a false or repeated one, and half a one for each beyond four.`,
      `${plan.pairs} pairs of the model's own answers are compared by that reader; a reward model learns from them which of two is better. It never sees a number, nor an answer that the imitating model would not give.`,
      `Policies practise against the reward model for ${plan.practice.steps} steps, held near where they began by β = ${plan.betas.join(', ')} times the KL in the reward. DPO learns from the same pairs without a reward model.`,
      `True score and reward model's score are measured while practising, and at the end on ${plan.samples} answers to each of 24 questions; 1 is the best true score.`,
    ],
    measures: [
      sharesOf(
        'reward model',
        'held-out pairs put in the right order',
        judged.map(({ right, n }) => ({ share: right / n, n })),
      ),
      ...truth,
      ...proxy,
    ],
    checks: [
      {
        expected: 'without KL the reward model’s score rises while the true score ends below where it began',
        measured: `proxy ${shown(proxyCurve[0]![1])} → ${shown(proxyCurve.at(-1)![1])}, true ${shown(first[1])} → ${shown(last[1])}`,
        met: proxyCurve.at(-1)![1] > proxyCurve[0]![1] && last[1] < first[1],
      },
      {
        expected: 'the true score first rises, then falls',
        measured: `best ${shown(best[1])} at step ${best[0]}, from ${shown(first[1])} to ${shown(last[1])}`,
        met: best[1] > first[1] + 0.02 && last[1] < best[1] - 0.05,
      },
      {
        expected: 'some β keeps the true score above that without KL',
        measured: truth
          .slice(1, -1)
          .map(({ arm, value }) => `${arm} ${shown(value)}`)
          .join('; '),
        met: truth.slice(2, -1).some(({ value }) => value > truth[1]!.value),
      },
    ],
    plots: [
      {
        kind: 'lines',
        title: 'Practice without KL: what the reward model and the reader think',
        xLabel: 'step',
        yLabel: 'score',
        series: [
          { name: 'reward model', points: proxyCurve },
          { name: 'true', points: trueCurve },
        ],
      },
      {
        kind: 'lines',
        title: 'True score over the distance gone',
        xLabel: 'nats from the start (KL)',
        yLabel: 'true score',
        series: byKl,
      },
      {
        kind: 'lines',
        title: 'DPO on the same pairs',
        xLabel: 'step',
        yLabel: 'score',
        series: [
          { name: 'reward model', points: directCurve(direct, 'proxy') },
          { name: 'true', points: directCurve(direct, 'true') },
        ],
      },
      {
        kind: 'lines',
        title: 'Tokens per answer',
        xLabel: 'step',
        yLabel: 'tokens',
        series: [...practised].map(([beta, own]) => ({
          name: `β = ${beta}`,
          points: meanCurve(
            own.map(({ curves }) => curves.length),
            3,
          ),
        })),
      },
    ],
    samples: arms.flatMap(([arm, [seed]]) =>
      seed!.examples.map((example) => ({ arm, ...example, right: null })),
    ),
    shows: [
      'A reward model that puts most held-out pairs in the right order is still no measure to maximise: it was never shown what a policy under pressure will find.',
      'The distance from the start is the budget: near it the two scores agree, far from it they part.',
    ],
    doesNotShow: [
      'That more comparisons would not help: they move the point where the scores part.',
      'How people judge: the careful reader is a rule of ours, and its weights decide how deep the fall is.',
      'That DPO cannot over-optimise: it does with more steps and a smaller β.',
    ],
    mirrors: [
      {
        source:
          'Gao, Schulman, Hilton 2022, Scaling Laws for Reward Model Overoptimization (arXiv:2210.10760)',
        finding: 'the proxy rises with the KL distance, the gold score rises and then falls',
      },
      {
        source: 'Stiennon et al. 2020, Learning to summarize from human feedback (arXiv:2009.01325)',
        finding:
          'summaries optimised hard against the reward model are worse to people than those they began from',
      },
      {
        source:
          'Rafailov et al. 2024, Scaling Laws for Reward Model Overoptimization in Direct Alignment Algorithms (arXiv:2406.02900)',
        finding: 'DPO over-optimises, too, without a reward model',
      },
    ],
    tryIt: [
      { command: typed('lab reward-hacking'), what: 'the experiment again; what is finished is kept' },
      {
        command: typed(`chat --model ${quoted(`${directory}/practice/model`)} -p "Tell me about the fox."`),
        what: 'what the policy without KL says now; imitator-1/model is the one it began from',
      },
    ],
  };
}

/** Distance → true score, both means over seeds and over a few steps. */
function klPoints(curves: readonly PracticeCurves[]): (readonly [number, number])[] {
  const kl = meanCurve(
    curves.map((own) => own.kl),
    5,
  );
  const score = meanCurve(
    curves.map((own) => own.terms.true!),
    5,
  );
  return kl.map(([, distance], i) => [distance, score[i]![1]] as const);
}

function directCurve(direct: readonly DirectArm[], name: 'proxy' | 'true'): (readonly [number, number])[] {
  return direct[0]!.steps.map((step, i) => [step, meanOf(direct.map((own) => own[name][i]!))] as const);
}
