/**
 * What moves the control: practice with a coin for a reward should teach nothing, and yet accuracy by samples
 * moved from seed to seed. Several coins from the same weights; each once more turned over, tails for heads,
 * which turns round what one coin happened to favour and leaves what every coin does; and at a quarter of the
 * learning rate. What moved is held against how often the model takes which way of answering.
 */
import type { TaskSet } from '@llm/core';
import { randomRewardControl } from '@llm/rl';
import type { LabMeasure } from '@llm/studio/wire';
import { typed } from '../../terminal/typed-command.js';
import { correlation } from '../correlation.js';
import type { Experiment, ExperimentContext, Findings } from '../experiment.js';
import { openLabModel } from '../lab-model.js';
import { purseTasks } from '../material/purse-problems.js';
import { meanCurve } from '../mean-curve.js';
import { meanScore } from '../mean-score.js';
import { type SampledAnswers, sampleAnswers, sharesOf } from '../measured-answers.js';
import { type PracticeCurves, practiceObjective, practiceOptimizer, practise } from '../practice.js';
import { imitatorParameters } from '../purse-imitators.js';
import { purseLanguage } from '../purse-language.js';
import { shownPoints } from '../shown-value.js';

const plan = {
  model: { depth: 2, width: 64, headWidth: 32, contextLength: 144 },
  operations: 5,
  heldOut: 400,
  problems: 4000,
  conversations: 20_000,
  stepsShare: 0.3,
  imitation: { steps: 900, rows: 12, columns: 144, learningRate: 8e-3 },
  practice: { steps: 40, promptsPerStep: 8, samplesPerPrompt: 8, maxNewTokens: 40, learningRate: 3e-4 },
  measuring: { questions: 0, sampledQuestions: 150, samples: 8 },
};

type Sizes = typeof plan;

/** By what the learning rate is multiplied, and whether heads and tails are exchanged. */
const arms = {
  'a coin': { part: 'coin', rate: 1, isTurned: false },
  'the coin turned over': { part: 'turned', rate: 1, isTurned: true },
  'a coin, a quarter of the learning rate': { part: 'quarter', rate: 0.25, isTurned: false },
} as const;
type Arm = keyof typeof arms;
const armNames = Object.keys(arms) as Arm[];

type Measured = { readonly answers: SampledAnswers; readonly curves: PracticeCurves };

export const randomRewards: Experiment<Sizes> = {
  name: 'random-rewards',
  title: 'What random rewards move',
  claim:
    'A coin for a reward teaches nothing, but practice with it moves the model all the same: which way of answering it takes drifts by chance, and accuracy drifts with it.',
  minutes: 4,
  seeds: 12,
  needsRun: false,
  plan,
  run,
};

async function run(context: ExperimentContext<Sizes>): Promise<Findings> {
  const before = await context.arm('before', () => measure(context, undefined));
  const measured = Object.fromEntries(armNames.map((arm) => [arm, [] as Measured[]])) as Record<
    Arm,
    Measured[]
  >;
  for (const seed of context.seeds)
    for (const arm of armNames)
      measured[arm].push(
        await context.arm(`${arms[arm].part}-${seed}`, () => measure(context, { arm, seed })),
      );
  return findings(context, before.answers, measured);
}

/** Every coin begins from the model of the first seed. */
async function measure(
  context: ExperimentContext<Sizes>,
  coin: { readonly arm: Arm; readonly seed: number } | undefined,
): Promise<Measured> {
  const { plan, threads, signal, onEvent, store, seeds } = context;
  const tasks = purseTasks({ operations: plan.operations, heldOut: plan.heldOut, train: plan.problems });
  const language = await purseLanguage(tasks);
  const parameters = await imitatorParameters({
    ...{ store, tasks, language, sizes: plan, threads, seed: seeds[0]!, signal, onEvent },
  });
  const opened = await openLabModel({
    ...{ sizes: plan.model, language, threads, seed: 0, parameters },
    optimizer: practiceOptimizer(),
    objective: practiceObjective(),
  });
  try {
    let curves: PracticeCurves = { reward: [], length: [], kl: [], terms: {} };
    if (coin !== undefined)
      curves = await practise({
        ...{ opened, seed: coin.seed, signal, onEvent },
        sizes: { ...plan.practice, learningRate: plan.practice.learningRate * arms[coin.arm].rate },
        tasks: coinFor(tasks, coin.seed, arms[coin.arm].isTurned),
        stage: `${coin.arm}, seed ${coin.seed}`,
      });
    const { maxNewTokens } = plan.practice;
    const answers = await sampleAnswers({ opened, tasks, maxNewTokens, sizes: plan.measuring, signal });
    return { answers, curves };
  } finally {
    await opened.model.dispose();
  }
}

/** In training heads are 1 and tails 0, or the other way round. */
function coinFor(tasks: TaskSet, seed: number, isTurned: boolean): TaskSet {
  const coin = randomRewardControl(tasks, seed);
  if (!isTurned) return coin;
  return { ...coin, reward: async (task, parts) => 1 - (await coin.reward(task, parts)) };
}

function findings(
  { plan, seeds }: ExperimentContext<Sizes>,
  before: SampledAnswers,
  measured: Readonly<Record<Arm, readonly Measured[]>>,
): Findings {
  const all = armNames.flatMap((arm) => measured[arm].map(({ answers }) => answers));
  const changes = (arm: Arm): number[] =>
    measured[arm].map(({ answers }) => answers.passAt1 - before.passAt1);
  const together = correlation(
    all.map(({ withSteps }) => withSteps),
    all.map(({ passAt1 }) => passAt1),
  );
  const [own, turned, quarter] = armNames.map((arm) =>
    meanScore(
      arm,
      'change of sampled accuracy',
      changes(arm).map((change) => [change]),
    ),
  ) as [LabMeasure, LabMeasure, LabMeasure];
  // Of a coin and its other side: what both do, and what one does and the other undoes.
  const sides = (half: (coin: number, other: number) => number): number[] =>
    seeds.map((_, i) => half(own.bySeed[i]!, turned.bySeed[i]!));
  const common = meanScore(
    'a coin and its other side',
    'half the sum of their changes',
    sides((coin, other) => (coin + other) / 2).map((change) => [change]),
  );
  const opposite = meanScore(
    'a coin and its other side',
    'half the difference of their changes, without sign',
    sides((coin, other) => Math.abs(coin - other) / 2).map((change) => [change]),
  );
  const spread = (arm: Arm): number => Math.max(...changes(arm)) - Math.min(...changes(arm));
  const meanOf = ({ value, interval }: LabMeasure): string =>
    `${shownPoints(value)}${interval === null ? '' : ` (95 % interval ${interval.map(shownPoints).join(' to ')})`}`;
  const share = (arm: string, name: string, of: 'passAt1' | 'withSteps', ones: readonly SampledAnswers[]) =>
    sharesOf(
      arm,
      name,
      ones.map((one) => ({ share: one[of], n: one.n })),
    );
  const beforeOf = (measure: 'passAt1' | 'withSteps'): number => before[measure];
  return {
    done: [
      `A model imitates right demonstrations, of which ${Math.round(plan.stepsShare * 100)} % write their steps; ${Math.round(before.withSteps * 100)} % of its samples do. An answer with steps is right far more often than one without.`,
      `From its weights ${plan.practice.steps} steps of practice, ${seeds.length} times with another coin for a reward: heads 1, tails 0, at the same learning rate as in practice-beats-imitation, and at a quarter of it; and each coin turned over, tails 1 and heads 0. The product's rule that an answer without an end gets 0 plays no part: all answers end here, and with and without it the weights are the same.`,
      `After each, ${plan.measuring.samples} samples of each of ${plan.measuring.sampledQuestions} held-out problems: how many are right, how many show steps.`,
    ],
    measures: [
      share('before', 'right answers, sampled (pass@1)', 'passAt1', [before]),
      share('before', 'answers that show steps, sampled', 'withSteps', [before]),
      ...armNames.flatMap((arm) => {
        const ones = measured[arm].map(({ answers }) => answers);
        return [
          share(arm, 'right answers, sampled (pass@1)', 'passAt1', ones),
          share(arm, 'answers that show steps, sampled', 'withSteps', ones),
        ];
      }),
      own,
      turned,
      quarter,
      common,
      opposite,
      {
        ...{ arm: 'all coins', name: 'correlation of accuracy with the share of steps', unit: 'score' },
        ...{ value: together, n: all.length, interval: null, bySeed: [] },
      },
    ],
    checks: [
      {
        expected: 'what every coin does, whichever side counts, is not told from nothing',
        measured: `${meanOf(common)}; a coin alone ${meanOf(own)}, turned over ${meanOf(turned)}`,
        met: common.interval === null || (common.interval[0] <= 0 && common.interval[1] >= 0),
      },
      {
        expected: 'at a quarter of the learning rate coins move less',
        measured: `spread of changes ${(100 * spread(armNames[0]!)).toFixed(1)} points, at a quarter ${(100 * spread(armNames[2]!)).toFixed(1)}`,
        met: spread(armNames[2]!) < spread(armNames[0]!),
      },
      {
        expected: 'accuracy moves with the share of answers that show steps (correlation above 0.7)',
        measured: together.toFixed(2),
        met: together > 0.7,
      },
    ],
    plots: [
      {
        kind: 'lines',
        title: 'Tokens per answer, coin by coin',
        xLabel: 'step',
        yLabel: 'tokens per answer',
        series: measured['a coin'].map(({ curves }, i) => ({
          name: `coin ${seeds[i]}`,
          points: meanCurve([curves.length], 3),
        })),
      },
      {
        kind: 'bars',
        title: 'Right answers, sampled, after each coin',
        unit: 'share',
        bars: [
          { label: 'before', value: beforeOf('passAt1'), interval: null },
          ...armNames.flatMap((arm) =>
            measured[arm].map(({ answers }, i) => ({
              label: `${arms[arm].part} ${seeds[i]}`,
              value: answers.passAt1,
              interval: null,
            })),
          ),
        ],
      },
    ],
    samples: [],
    shows: [
      'A control with one seed says little: it may rise or fall by as much as a small effect. Judge by several, and by samples, since the greedy answer hides which ways are taken how often.',
      'What moves is which of the known ways is taken, not how well any is done.',
    ],
    doesNotShow: [
      'That every rise under random rewards is drift: clipping can favour what is already likely (Shao et al.); here each batch is learnt from once, so nothing is clipped.',
      'How large the drift is elsewhere: that depends on learning rate, steps and answers a step.',
    ],
    mirrors: [
      {
        source: 'Shao et al. 2025, Spurious Rewards: Rethinking Training Signals in RLVR (arXiv:2506.10947)',
        finding:
          'random rewards raise Qwen2.5-Math by making code reasoning more frequent, and other models not at all: what moves is a way of answering that was there',
      },
    ],
    tryIt: [
      { command: typed('lab random-rewards --seeds 8 --out more'), what: 'with more coins' },
      {
        command: typed('lab practice-beats-imitation'),
        what: 'the same practice with a reward that means something',
      },
    ],
  };
}
