/**
 * Practice beats imitation: people answer word problems mostly with the number alone,
 * which is right for them and of no use to a model that needs its tokens to think.
 * Imitation learns their mixture. Practice, which only knows whether an answer is right,
 * finds which of the ways works for the model; its answers grow. Beside it: the same with
 * a coin for a reward, more imitation for about as long, and imitation of steps alone.
 */
import type { NamedTensor } from '@llm/core';
import { muon } from '@llm/model';
import { randomRewardControl } from '@llm/rl';
import type { LabMeasure } from '@llm/studio/wire';
import { quoted, typed } from '../../terminal/typed-command.js';
import type { Experiment, ExperimentContext, Findings } from '../experiment.js';
import { imitate } from '../imitation.js';
import { keepModel, openLabModel } from '../lab-model.js';
import { purseTasks } from '../material/purse-problems.js';
import { meanCurve } from '../mean-curve.js';
import {
  type MeasuredAnswers,
  measureAnswers,
  rightAmong,
  rightAnswers,
  rightSamples,
  samplesOf,
  samplesWithSteps,
  tokensPerAnswer,
} from '../measured-answers.js';
import { type PracticeCurves, practiceObjective, practiceOptimizer, practise } from '../practice.js';
import { demonstrations, imitatorParameters } from '../purse-imitators.js';
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
  /** More of the same, about as long as practice takes. */
  more: { steps: 300, rows: 12, columns: 144, learningRate: 4e-3 },
  practice: { steps: 40, promptsPerStep: 8, samplesPerPrompt: 8, maxNewTokens: 40, learningRate: 3e-4 },
  measuring: { questions: 400, sampledQuestions: 150, samples: 16 },
};

type Sizes = typeof plan;

const arms = ['imitation', 'more imitation', 'imitation of steps', 'practice', 'random rewards'] as const;
type Arm = (typeof arms)[number];

type Measured = { readonly answers: MeasuredAnswers; readonly curves: PracticeCurves | null };

export const practiceBeatsImitation: Experiment<Sizes> = {
  name: 'practice-beats-imitation',
  title: 'Practice beats imitation',
  claim:
    'Imitation learns how people answer; practice finds what works for the model. Told only whether its answers are right, a model comes to write its steps, and passes the ceiling of the imitation it began from. No tool is involved.',
  minutes: 4,
  seeds: 3,
  needsRun: false,
  plan,
  run,
};

async function run(context: ExperimentContext<Sizes>): Promise<Findings> {
  const measured = Object.fromEntries(arms.map((arm) => [arm, [] as Measured[]])) as Record<Arm, Measured[]>;
  for (const seed of context.seeds)
    for (const arm of arms)
      measured[arm].push(await context.arm(`${folderOf(arm)}-${seed}`, () => train(context, arm, seed)));
  return findings(context, measured);
}

const folderOf = (arm: Arm): string => arm.replaceAll(' ', '-');

async function train(context: ExperimentContext<Sizes>, arm: Arm, seed: number): Promise<Measured> {
  const { plan, threads, signal, onEvent, store } = context;
  const tasks = purseTasks({ operations: plan.operations, heldOut: plan.heldOut, train: plan.problems });
  const language = await purseLanguage(tasks);
  const parameters: ReadonlyMap<string, NamedTensor> = await imitatorParameters({
    ...{ store, tasks, language, sizes: plan, threads, seed, signal, onEvent },
  });
  const practises = arm === 'practice' || arm === 'random rewards';
  const opened = await openLabModel({
    ...{ sizes: plan.model, language, threads, seed, parameters },
    optimizer: practises ? practiceOptimizer() : muon(),
    objective: practises ? practiceObjective() : undefined,
  });
  try {
    const stage = `${arm}, seed ${seed}`;
    const shared = { opened, seed, stage, signal, onEvent };
    let curves: PracticeCurves | null = null;
    if (practises) {
      const rewarded = arm === 'practice' ? tasks : randomRewardControl(tasks, seed);
      curves = await practise({ ...shared, tasks: rewarded, sizes: plan.practice });
    } else if (arm !== 'imitation') {
      const { rows, steps } = plan.more;
      const conversations = demonstrations(tasks, {
        count: 3 * rows * steps,
        stepsShare: arm === 'more imitation' ? plan.stepsShare : 1,
        seed: `${arm} ${seed}`,
      });
      await imitate({ ...shared, conversations, sizes: plan.more });
    }
    const { maxNewTokens } = plan.practice;
    const answers = await measureAnswers({
      opened,
      tasks,
      maxNewTokens,
      sizes: plan.measuring,
      signal,
      onEvent,
    });
    if (arm === 'practice' && seed === context.seeds[0]) await keepModel(store, 'practice', opened);
    return { answers, curves };
  } finally {
    await opened.model.dispose();
  }
}

function findings(
  { plan, directory }: ExperimentContext<Sizes>,
  measured: Readonly<Record<Arm, readonly Measured[]>>,
): Findings {
  const answersOf = (arm: Arm): MeasuredAnswers[] => measured[arm].map(({ answers }) => answers);
  const sampled = new Map(arms.map((arm) => [arm, rightSamples(arm, answersOf(arm))]));
  const among = new Map(arms.map((arm) => [arm, rightAmong(arm, answersOf(arm))]));
  const value = (measures: ReadonlyMap<Arm, LabMeasure>, arm: Arm): number => measures.get(arm)!.value;
  const gain = value(sampled, 'practice') - value(sampled, 'imitation');
  const overMore = value(sampled, 'practice') - value(sampled, 'more imitation');
  const drift = value(sampled, 'random rewards') - value(sampled, 'imitation');
  const gold = value(sampled, 'imitation of steps') - value(sampled, 'practice');
  const curves = (arm: Arm): PracticeCurves[] => measured[arm].flatMap(({ curves: own }) => own ?? []);
  const shown = ['practice', 'random rewards'] as const;
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  return {
    done: [
      `A model (depth ${plan.model.depth}, width ${plan.model.width}) imitates ${plan.conversations.toLocaleString('en-US')} right demonstrations of word problems; ${percent(plan.stepsShare)} of them write the steps, the others say the number at once.`,
      `From there ${plan.practice.steps} steps of practice (GRPO): ${plan.practice.promptsPerStep} problems, ${plan.practice.samplesPerPrompt} answers to each, reward 1 for a right final number, nothing else. No demonstration, no tool.`,
      `Beside it, from the same weights: the same practice with a coin for a reward; ${plan.more.steps} more steps of imitation of the same mixture; and as many of demonstrations that all write the steps, which is what somebody would collect who knew beforehand what practice found.`,
      `${plan.measuring.questions} held-out problems at temperature 0; ${plan.measuring.sampledQuestions} of them ${plan.measuring.samples} times at temperature 1.`,
    ],
    measures: arms.flatMap((arm) => [
      sampled.get(arm)!,
      among.get(arm)!,
      rightAnswers(arm, answersOf(arm)),
      samplesWithSteps(arm, answersOf(arm)),
      tokensPerAnswer(arm, answersOf(arm)),
    ]),
    checks: [
      {
        expected: 'practice raises sampled accuracy by at least 20 points over the imitation it began from',
        measured: shownPoints(gain),
        met: gain >= 0.2,
      },
      {
        expected: 'practice is above more imitation of the same people',
        measured: shownPoints(overMore),
        met: overMore > 0,
      },
      {
        expected: 'random rewards change sampled accuracy by at most 5 points',
        measured: shownPoints(drift),
        met: Math.abs(drift) <= 0.05,
      },
    ],
    plots: [
      {
        kind: 'bars',
        title: 'Right answers, sampled (pass@1)',
        unit: 'share',
        bars: arms.map((arm) => ({
          label: arm,
          value: value(sampled, arm),
          interval: sampled.get(arm)!.interval,
        })),
      },
      {
        kind: 'bars',
        title: `One of ${plan.measuring.samples} samples is right`,
        unit: 'share',
        bars: arms.map((arm) => ({
          label: arm,
          value: value(among, arm),
          interval: among.get(arm)!.interval,
        })),
      },
      {
        kind: 'lines',
        title: 'Reward while practising',
        xLabel: 'step',
        yLabel: 'mean reward',
        yRange: [0, 1],
        series: shown.map((arm) => ({
          name: arm,
          points: meanCurve(
            curves(arm).map(({ reward }) => reward),
            3,
          ),
        })),
      },
      {
        kind: 'lines',
        title: 'Answers grow while practising',
        xLabel: 'step',
        yLabel: 'tokens per answer',
        series: shown.map((arm) => ({
          name: arm,
          points: meanCurve(
            curves(arm).map(({ length }) => length),
            3,
          ),
        })),
      },
    ],
    samples: (['imitation', 'practice'] as const).flatMap((arm) => samplesOf(arm, measured[arm][0]!.answers)),
    shows: [
      'The demonstrations were all right, and still imitating them is not the best a model can do: what is easy for people is not what is easy for it.',
      'Nobody told the model to write steps. It had seen both ways, found that one pays, and answers grew by themselves.',
      `Practice finds more of what was there: one of ${plan.measuring.samples} samples was right for ${percent(value(among, 'imitation'))} of the problems before and for ${percent(value(among, 'practice'))} after.`,
    ],
    doesNotShow: [
      `That practice beats the best demonstrations. As much imitation of steps alone gives ${shownPoints(gold)} against practice: whoever has the right demonstrations should use them. Practice needs none, only a check.`,
      'That practice invents a way that was never shown: steps were in three of ten demonstrations.',
      'That it would work from a model that is never right: where no sample is, no reward is found.',
    ],
    mirrors: [
      {
        source: 'DeepSeek-AI 2025, DeepSeek-R1 (arXiv:2501.12948)',
        finding:
          'with only checkable rewards, answers grow longer over training and accuracy rises far above the model it began from',
      },
      {
        source:
          'Yue et al. 2025, Does Reinforcement Learning Really Incentivize Reasoning Capacity in LLMs Beyond the Base Model? (arXiv:2504.13837)',
        finding: 'practice lifts pass@1; what it finds was among the samples before',
      },
      {
        source: 'Silver et al. 2016, Mastering the game of Go with deep neural networks and tree search',
        finding: 'imitation of experts stops below them; practice against oneself goes past',
      },
    ],
    tryIt: [
      {
        command: typed('lab practice-beats-imitation'),
        what: 'the experiment again; what is finished is kept',
      },
      {
        command: typed(`chat --model ${quoted(`${directory}/practice/model`)}`),
        what: 'ask the model that practised; the one it began from is imitator-1/model beside it',
      },
    ],
  };
}
