/**
 * RLHF games its reward: people compare a few answers, a reward model learns from that what they like, a
 * policy practises against the reward model. What the reward model thinks rises and rises; what a careful
 * reader thinks rises with it for a while, and then falls. How far the policy may move (β) decides how far
 * that goes. DPO on the same comparisons beside it.
 */
import type { LabMeasure } from '@llm/studio/wire';
import { quoted, typed } from '../../terminal/typed-command.js';
import type { Experiment, ExperimentContext, Findings } from '../experiment.js';
import {
  type DirectArm,
  gamedRewardPlan,
  type Judged,
  meanOf,
  type PractisedArm,
  practiseAgainst,
  prepare,
  type Scored,
  type Sizes,
  scoreImitation,
  trainDirectly,
  trainRewardModel,
} from '../gamed-reward.js';
import { meanCurve } from '../mean-curve.js';
import { meanScore } from '../mean-score.js';
import { sharesOf } from '../measured-answers.js';
import type { PracticeCurves } from '../practice.js';

export const rewardHacking: Experiment<Sizes> = {
  name: 'reward-hacking',
  title: 'RLHF games its reward',
  claim:
    'A reward model is a copy of what people like, made from a few comparisons. A policy that practises against it soon finds answers that the copy likes and people do not: the proxy rises on, the true score falls.',
  minutes: 5,
  seeds: 3,
  needsRun: false,
  plan: gamedRewardPlan,
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
    before.push(await context.arm(`imitation-${seed}`, () => scoreImitation(bench)));
    for (const beta of plan.betas)
      practised
        .get(beta)!
        .push(await context.arm(`beta-${beta}-${seed}`, () => practiseAgainst(bench, beta)));
    direct.push(await context.arm(`direct-${seed}`, () => trainDirectly(bench)));
  }
  return findings(context, { before, judged, practised, direct });
}

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
