/**
 * Tokens to think: the same problems, answers and number of trained tokens, taught in three orders. A model
 * has a fixed amount of computation for a token, so an answer that comes before its reasons has to be found
 * in one pass; after its reasons every step is small; with a tool nothing is left to compute.
 */
import { createRandom } from '@llm/core';
import { muon } from '@llm/model';
import { calculator } from '@llm/rl';
import type { LabMeasure } from '@llm/studio/wire';
import { quoted, typed } from '../../terminal/typed-command.js';
import type { Experiment, ExperimentContext, Findings } from '../experiment.js';
import { imitate } from '../imitation.js';
import { keepModel, openLabModel } from '../lab-model.js';
import {
  type AnswerStyle,
  purseConversation,
  purseQuestion,
  purseTasks,
} from '../material/purse-problems.js';
import {
  endsRight,
  type MeasuredAnswers,
  mean,
  measureAnswers,
  rightAnswers,
  rightSamples,
  samplesOf,
  tokensPerAnswer,
} from '../measured-answers.js';
import { purseLanguage } from '../purse-language.js';
import { shownPoints, shownValue } from '../shown-value.js';

const plan = {
  model: { depth: 2, width: 64, headWidth: 32, contextLength: 144 },
  operations: 5,
  heldOut: 400,
  conversations: 12_000,
  imitation: { steps: 480, rows: 12, columns: 144, learningRate: 8e-3 },
  /** The first questions, while training. */
  onTheWay: { every: 80, questions: 100 },
  measuring: { questions: 400, sampledQuestions: 100, samples: 4 },
};

type Sizes = typeof plan;

const arms = ['answer first', 'steps first', 'calculator'] as const;
type Arm = (typeof arms)[number];
const styles: Readonly<Record<Arm, AnswerStyle>> = {
  'answer first': 'answer-first',
  'steps first': 'steps-first',
  calculator: 'calculator',
};
const maxNewTokens = 48;

/** How many of the questions asked on the way were right, after so many steps. */
type Measured = { readonly answers: MeasuredAnswers; readonly steps: number[]; readonly right: number[] };

export const tokensToThink: Experiment<Sizes> = {
  name: 'tokens-to-think',
  title: 'Models need tokens to think',
  claim:
    'The same model, taught the same problems for the same number of tokens, is right more often when it may write its steps before the answer than when the answer comes first, and most often when it asks a calculator.',
  minutes: 4,
  seeds: 3,
  needsRun: false,
  plan,
  run,
};

async function run(context: ExperimentContext<Sizes>): Promise<Findings> {
  const { seeds } = context;
  const measured: Record<Arm, Measured[]> = { 'answer first': [], 'steps first': [], calculator: [] };
  // Seed by seed: what was stopped half-way has compared something.
  for (const seed of seeds)
    for (const arm of arms)
      measured[arm].push(await context.arm(`${styles[arm]}-${seed}`, () => train(context, arm, seed)));
  return findings(context, measured);
}

async function train(context: ExperimentContext<Sizes>, arm: Arm, seed: number): Promise<Measured> {
  const { plan, threads, signal, onEvent, store } = context;
  const tasks = purseTasks({ operations: plan.operations, heldOut: plan.heldOut, train: 1 });
  const random = createRandom(seed, 'tokens-to-think');
  const conversations = Array.from({ length: plan.conversations }, () =>
    purseConversation(tasks.draw(random), styles[arm]),
  );
  const language = await purseLanguage(tasks);
  const opened = await openLabModel({ sizes: plan.model, language, threads, seed, optimizer: muon() });
  try {
    const stage = `${arm}, seed ${seed}`;
    const tools = arm === 'calculator' ? [calculator] : undefined;
    const asked = { opened, tasks, tools, maxNewTokens, signal };
    const curve = { steps: [] as number[], right: [] as number[] };
    const { every, questions } = plan.onTheWay;
    await imitate({
      ...{ opened, conversations, sizes: plan.imitation, seed, stage, signal, onEvent },
      measure: {
        every,
        run: async (step) => {
          const { right, n } = await measureAnswers({
            ...asked,
            sizes: { questions, sampledQuestions: 0, samples: 0 },
          });
          curve.steps.push(step);
          curve.right.push(right / n);
          return { accuracy: right / n };
        },
      },
    });
    const answers = await measureAnswers({ ...asked, sizes: plan.measuring, onEvent });
    if (seed === context.seeds[0]) await keepModel(store, styles[arm], opened);
    return { answers, ...curve };
  } finally {
    await opened.model.dispose();
  }
}

function findings(
  { plan, seeds, directory }: ExperimentContext<Sizes>,
  measured: Readonly<Record<Arm, readonly Measured[]>>,
): Findings {
  const answersOf = (arm: Arm): MeasuredAnswers[] => measured[arm].map(({ answers }) => answers);
  const right = arms.map((arm) => rightAnswers(arm, answersOf(arm)));
  const curves = arms.map((arm) => onTheWay(measured[arm]));
  const overTraining = curves.map((points) => mean(points.map(([, share]) => share)));
  const [first, steps] = right as [LabMeasure, LabMeasure, LabMeasure];
  const { steps: trainingSteps, rows, columns } = plan.imitation;
  const gain = steps.value - first.value;
  const trained = (trainingSteps * rows * columns).toLocaleString('en-US');
  const shown = purseQuestion({
    start: 8,
    operations: ['*2', '-5', '+4', '/2', '+9'].slice(0, plan.operations),
  });
  const late = endsRight('answer first', answersOf('answer first'));
  const [least = Number.NaN] = seeds.map((_, i) => steps.bySeed[i]! - first.bySeed[i]!).sort((a, b) => a - b);
  return {
    done: [
      `Problems of ${plan.operations} operations with numbers from 1 to 40: "${shown}" ${plan.heldOut} of them are in no training.`,
      `Three models of the same size (depth ${plan.model.depth}, width ${plan.model.width}) begin from the same weights and are trained by the same recipe on ${trained} positions each. "Answer first" and "steps first" hold the same words in another order, so they see the same problems as often; the calculator's are shorter, so it sees a few more.`,
      `Each then answers ${first.n / seeds.length} held-out problems at temperature 0, and draws ${plan.measuring.samples} samples at temperature 1 of ${plan.measuring.sampledQuestions} of them.`,
    ],
    measures: [
      ...right,
      endsRight('answer first', answersOf('answer first')),
      ...arms.map((arm) => rightSamples(arm, answersOf(arm))),
      ...arms.map((arm) => tokensPerAnswer(arm, answersOf(arm))),
    ],
    checks: [
      {
        expected: 'steps first is at least 30 points above answer first',
        measured: `${shownPoints(gain)}, least of a seed ${shownPoints(least)}`,
        met: gain >= 0.3 && least > 0,
      },
      {
        expected: 'over the whole of training the order is answer first, steps first, calculator',
        measured: arms.map((arm, i) => `${arm} ${shownValue(overTraining[i]!, 'share')}`).join(', '),
        met: overTraining[0]! < overTraining[1]! && overTraining[1]! < overTraining[2]!,
      },
    ],
    plots: [
      {
        kind: 'bars',
        title: 'Right answers to held-out problems',
        unit: 'share',
        bars: right.map(({ arm, value, interval }) => ({ label: arm, value, interval })),
      },
      {
        kind: 'lines',
        title: 'Right answers over training',
        xLabel: 'step',
        yLabel: 'share of right answers',
        yRange: [0, 1],
        series: arms.map((arm, i) => ({ name: arm, points: curves[i]! })),
      },
    ],
    samples: arms.flatMap((arm) => samplesOf(arm, measured[arm][0]!.answers)),
    shows: [
      'What a model can say depends on what it may write before it: the words are the same, only their order differs.',
      `Asked to answer first, the same model goes on to work it out: in ${shownValue(late.value, 'share')} of its answers the last step is right, where the answer before it was right in ${shownValue(first.value, 'share')}. It could have known, had it waited.`,
      'What a pass over the question cannot do, many small passes can: each written number is read by the next step.',
    ],
    doesNotShow: [
      'That small models cannot learn the answer in one pass at all: with far more training, or more layers, answer first rises, too.',
      'That a model finds this out by itself: here the order was taught. See practice-beats-imitation.',
      'Anything about reasoning in general: these are a few operations on small numbers. Plain sums of as many numbers this model does learn in one pass (88 % after 400 steps): what needs steps depends on the model.',
    ],
    mirrors: [
      {
        source:
          'Wei et al. 2022, Chain-of-Thought Prompting Elicits Reasoning in Large Language Models (arXiv:2201.11903)',
        finding:
          'large models solve word problems far more often with the steps written before the answer; reasoning after the answer does not help (their ablation)',
      },
      {
        source: 'Cobbe et al. 2021, Training Verifiers to Solve Math Word Problems (arXiv:2110.14168)',
        finding:
          'trained to give the answer directly, a model falls from 20.6 to 5.2 % on GSM8K; a calculator helps where arithmetic fails',
      },
    ],
    tryIt: [
      { command: typed('lab tokens-to-think'), what: 'the experiment again; what is finished is kept' },
      {
        command: typed(`chat --model ${quoted(`${directory}/steps-first/model`)}`),
        what: 'ask the model of "steps first" a problem of your own; the others lie beside it',
      },
    ],
  };
}

/** The mean over seeds. */
function onTheWay(seeds: readonly Measured[]): (readonly [step: number, share: number])[] {
  return seeds[0]!.steps.map((step, i) => [step, mean(seeds.map((one) => one.right[i]!))] as const);
}
