/**
 * Tokens to think: the same problems, answers and number of trained tokens, taught in three orders. A model has
 * a fixed amount of computation for a token, so an answer that comes before its reasons has to be found in one
 * pass; after its reasons every step is small; with a tool nothing is left to compute.
 */
import { createRandom } from '@llm/core';
import { muon } from '@llm/model';
import { calculator } from '@llm/rl';
import { fineTune } from '@llm/sft';
import type { LabMeasure } from '@llm/studio/wire';
import { typed } from '../../terminal/typed-command.js';
import type { Experiment, ExperimentContext, Findings } from '../experiment.js';
import { labLanguage } from '../lab-language.js';
import { keepModel, openLabModel } from '../lab-model.js';
import { type AnswerStyle, fruitConversation, fruitTasks } from '../material/fruit-problems.js';
import {
  type MeasuredAnswers,
  measureAnswers,
  rightAnswers,
  rightSamples,
  samplesOf,
  tokensPerAnswer,
} from '../measured-answers.js';
import { shownPoints } from '../shown-value.js';

const plan = {
  model: { depth: 3, width: 96, headWidth: 32, contextLength: 96 },
  most: 9,
  heldOut: 600,
  conversations: 12_000,
  steps: 500,
  rows: 16,
  columns: 96,
  learningRate: 5e-3,
  questions: 400,
  samples: 4,
  sampledQuestions: 200,
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

export const tokensToThink: Experiment<Sizes> = {
  name: 'tokens-to-think',
  title: 'Models need tokens to think',
  claim:
    'The same model, taught the same problems for the same number of tokens, is right more often when it may write its steps before the answer than when the answer comes first, and most often when it asks a calculator.',
  minutes: 8,
  seeds: 3,
  needsRun: false,
  plan,
  run,
};

async function run(context: ExperimentContext<Sizes>): Promise<Findings> {
  const { seeds } = context;
  const measured: Record<Arm, MeasuredAnswers[]> = { 'answer first': [], 'steps first': [], calculator: [] };
  // Seed by seed: what was stopped half-way has compared something.
  for (const seed of seeds)
    for (const arm of arms)
      measured[arm].push(await context.arm(`${styles[arm]}-${seed}`, () => train(context, arm, seed)));
  return findings(context, measured);
}

async function train(context: ExperimentContext<Sizes>, arm: Arm, seed: number): Promise<MeasuredAnswers> {
  const { plan, threads, signal, onEvent, store } = context;
  const style = styles[arm];
  const tasks = fruitTasks(plan.most, plan.heldOut);
  const random = createRandom(seed, 'tokens-to-think');
  const conversations = Array.from({ length: plan.conversations }, (_, i) =>
    fruitConversation(random.pick(tasks.problems), style, i),
  );
  // One vocabulary for all of them.
  const language = await labLanguage(
    arms.flatMap((other) =>
      tasks.problems.slice(0, 500).map((problem, i) => fruitConversation(problem, styles[other], i)),
    ),
    400,
  );
  const opened = await openLabModel({ sizes: plan.model, language, threads, seed, optimizer: muon() });
  try {
    const { rows, columns, steps, learningRate } = plan;
    await fineTune({
      ...{ model: opened.model, renderer: opened.renderer, conversations, rows, columns, steps, seed },
      ...{ signal, onEvent },
      stage: `${arm}, seed ${seed}`,
      schedule: { shape: 'trapezoid', peak: learningRate, warmUpSteps: Math.ceil(steps / 50) },
    });
    const answers = await measureAnswers({
      ...{ opened, tasks, maxNewTokens, signal, onEvent },
      tools: arm === 'calculator' ? [calculator] : undefined,
      questions: plan.questions,
      samples: plan.samples,
      sampledQuestions: plan.sampledQuestions,
    });
    if (seed === context.seeds[0]) await keepModel(store, style, opened);
    return answers;
  } finally {
    await opened.model.dispose();
  }
}

function findings(
  { plan, seeds, directory }: ExperimentContext<Sizes>,
  measured: Readonly<Record<Arm, readonly MeasuredAnswers[]>>,
): Findings {
  const right = arms.map((arm) => rightAnswers(arm, measured[arm]));
  const [first, steps, tool] = right as [LabMeasure, LabMeasure, LabMeasure];
  const { rows, columns, most } = plan;
  const gain = steps.value - first.value;
  const trained = (plan.steps * rows * columns).toLocaleString('en-US');
  const [least = Number.NaN] = seeds.map((_, i) => steps.bySeed[i]! - first.bySeed[i]!).sort((a, b) => a - b);
  return {
    done: [
      `Problems like those of the talk: "${fruitConversation(
        { asked: 3, other: 2, otherPrice: 2, price: 3 },
        'direct',
        0,
      )
        .messages[0]!.parts.map((part) => (part.type === 'text' ? part.text : ''))
        .join(
          '',
        )}" All counts and prices from 2 to ${most}; ${plan.heldOut} of the ${(most - 1) ** 4} combinations of numbers are in no training.`,
      `Three models of the same size (depth ${plan.model.depth}, width ${plan.model.width}) begin from the same weights and are trained by the same recipe on ${trained} positions each. "Answer first" and "steps first" hold the same words in another order, so they see the same problems the same number of times; the calculator's are shorter, so it sees a few more.`,
      `Each then answers ${first.n / seeds.length} held-out problems at temperature 0, and draws ${plan.samples} samples at temperature 1 of ${plan.sampledQuestions} of them.`,
    ],
    measures: [
      ...right,
      ...arms.map((arm) => rightSamples(arm, measured[arm])),
      ...arms.map((arm) => tokensPerAnswer(arm, measured[arm])),
    ],
    checks: [
      {
        expected: 'steps first is at least 30 points above answer first',
        measured: `${shownPoints(gain)}, least of a seed ${shownPoints(least)}`,
        met: gain >= 0.3 && least > 0,
      },
      {
        expected: 'the order is answer first, steps first, calculator',
        measured: right.map(({ arm, value }) => `${arm} ${(value * 100).toFixed(1)} %`).join(', '),
        met: first.value < steps.value && steps.value < tool.value,
      },
    ],
    plots: [
      {
        kind: 'bars',
        title: 'Right answers to held-out problems',
        unit: 'share',
        bars: right.map(({ arm, value, interval }) => ({ label: arm, value, interval })),
      },
    ],
    samples: arms.flatMap((arm) => samplesOf(arm, measured[arm][0]!)),
    shows: [
      'What a model can say depends on what it may write before it: the words are the same, only their order differs.',
      'The steps after an answer are often right where the answer before them is wrong: the model could have known, had it waited.',
    ],
    doesNotShow: [
      'That small models cannot learn the answer in one pass at all: with far more training, or more layers, answer first rises, too.',
      'That a model finds this out by itself: here the order was taught. See practice-beats-imitation.',
      'Anything about reasoning in general: these are three operations on small numbers.',
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
      { command: typed(`lab tokens-to-think`), what: 'the experiment again; what is finished is kept' },
      {
        command: typed(`chat --model ${directory}/steps-first/model`),
        what: 'ask the model of "steps first" a problem of your own; the others lie beside it',
      },
    ],
  };
}
