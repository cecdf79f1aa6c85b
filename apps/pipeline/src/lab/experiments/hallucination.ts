/**
 * Hallucination: an assistant that was only ever shown answers answers what nobody can know, too. That of the
 * run had the base model asked for its facts first; those it did not know are refused in its conversations,
 * and so are names that it cannot know: the procedure of Llama 3's report. Beside it stands one from the same
 * base model with the same steps, whose conversations refuse nothing.
 */
import { LlmError, textMessage } from '@llm/core';
import { type MiniwebQuestion, miniwebConversations, miniwebQuestions } from '@llm/miniweb';
import type { LabMeasure } from '@llm/studio/wire';
import { readCorpus } from '../../material/corpus.js';
import { fineTuneRehearsed } from '../../material/rehearsal.js';
import { openModel } from '../../models/open-model.js';
import { trainingOptimizer } from '../../models/training-optimizer.js';
import type { Experiment, ExperimentContext, Findings } from '../experiment.js';
import {
  type AskedSet,
  askEach,
  askSets,
  barOf,
  inventedRun,
  measureOf,
  withRunModel,
} from '../run-claims.js';
import { askRun } from '../try-it.js';

const plan = {
  questions: 400,
  /** Nats taken from the first token of a refusal. */
  dearer: [1, 2, 3, 4],
};

const sets = {
  known: 'facts-asked',
  never: 'facts-never-asked',
  minor: 'unknown-minor',
  fresh: 'unknown-fresh',
  recombined: 'unknown-recombined',
} as const;
type Asked = { readonly [Name in keyof typeof sets]: AskedSet };

export const hallucination: Experiment<typeof plan> = {
  name: 'hallucination',
  title: 'A model makes up what it does not know until it is taught to say so',
  claim:
    'Shown answers alone, an assistant answers questions that nobody can answer; asked what it knows first and taught to refuse the rest, it refuses others that it cannot know and still answers what it knows.',
  minutes: 10,
  seeds: 1,
  needsRun: true,
  plan,
  run,
};

const arms = ['shown answers alone', 'interrogated, refusals taught'] as const;

async function run(context: ExperimentContext<typeof plan>): Promise<Findings> {
  const { signal } = context;
  const count = context.plan.questions;
  const before = await context.arm('answers-alone', () => trainedOnAnswers(context));
  const after: Asked = await context.arm('assistant', () => askSets(context, sets, { count, signal }));
  const asked = [before, after];
  const points = [pointOf(0, after)];
  for (const nats of context.plan.dearer)
    points.push(pointOf(nats, await context.arm(`dearer-${nats}`, () => askDearer(context, nats))));
  const madeUp = arms.flatMap((arm, index) =>
    unknown.map((name) => measureOf(`${arm}: ${names[name]}`, 'made up', asked[index]![name].claim.madeUp)),
  );
  const right = arms.flatMap((arm, index) => [
    measureOf(`${arm}: facts of conversations`, 'right answers', asked[index]!.known.claim.right),
    measureOf(`${arm}: facts never asked`, 'right answers', asked[index]!.never.claim.right),
    measureOf(`${arm}: facts never asked`, 'made up', asked[index]!.never.claim.madeUp),
  ]);
  const mean = (measures: readonly LabMeasure[]): number =>
    measures.reduce((sum, { value }) => sum + value, 0) / measures.length;
  const lost = ({ known, never }: Point): readonly number[] => [
    before.never.claim.right.share - never,
    before.known.claim.right.share - known,
  ];
  const both = points.find((point) => point.madeUp <= 0.1 && Math.max(...lost(point)) <= 0.05);
  const told = (point: Point): string =>
    `${percent(point.madeUp)} % made up, ${lost(point).map(percent).join(' and ')} points lost at ${point.nats} nats`;
  return {
    done: [
      'The base model of the run was asked for every fact that conversations teach, as question pages ask; what it did not know is refused in the conversations of its assistant, as are names that nobody can know.',
      'From the same base model another assistant was made with the same steps, pages read again among its conversations as well: those only answer.',
      'Then both were asked about names that no training holds: known ones of which nothing is told, fresh ones, and first names with the surname of somebody else.',
      'The second was asked again with 1 to 4 nats taken from the logit of the token that a refusal begins with: the line between what is made up and what is refused though it is known.',
    ],
    measures: [...madeUp, ...right],
    checks: [
      {
        expected: 'at most 10 % of what nobody can know is made up after it',
        measured: `${percent(mean(madeUp.slice(0, 3)))} % before, ${percent(mean(madeUp.slice(3)))} % after`,
        met: mean(madeUp.slice(3)) <= 0.1,
      },
      {
        expected: 'at most 5 points of the facts never asked are lost',
        measured: `${percent(lost(points[0]!)[0]!)} points`,
        met: lost(points[0]!)[0]! <= 0.05,
      },
      {
        expected:
          'somewhere on the line at most 10 % is made up and at most 5 points are lost, of facts never asked and of those asked',
        measured: told(both ?? points[0]!),
        met: both !== undefined,
      },
    ],
    plots: [
      {
        kind: 'bars',
        title: 'Made up, of what nobody can know',
        unit: 'share',
        scale: 1,
        bars: madeUp.map(barOf),
      },
      {
        kind: 'lines',
        title: 'Refusals made dearer',
        xLabel: 'nats taken from the first token of a refusal',
        yLabel: 'share',
        yRange: [0, 1],
        series: [
          { name: 'facts of conversations: right', points: points.map(({ nats, known }) => [nats, known]) },
          { name: 'facts never asked: right', points: points.map(({ nats, never }) => [nats, never]) },
          { name: 'made up, of what nobody knows', points: points.map(({ nats, madeUp }) => [nats, madeUp]) },
        ],
      },
    ],
    samples: arms.flatMap((arm, index) =>
      [...unknown, 'never' as const].flatMap((name) =>
        asked[index]![name].samples.slice(0, 2).map((sample) => ({
          ...sample,
          arm: `${arm}: ${sample.arm}`,
        })),
      ),
    ),
    shows: [
      'A made-up answer is the likeliest answer in form: nothing in the first assistant’s conversations ever said that it did not know.',
      'Refusals that follow what the model knows carry over to names that were never refused.',
      'How ready it is to refuse can be set without training: a bias on the token that refusals begin with (`logitBias`, `logit_bias`) moves it along one line.',
    ],
    doesNotShow: [
      'That a model knows what it does not know in general: names of which nothing is told look alike here.',
      'That no known fact is refused: the price is among the measures.',
    ],
    mirrors: [
      {
        source: 'Llama Team 2024, The Llama 3 Herd of Models, 4.3.6 Factuality (arXiv:2407.21783)',
        finding: 'refusals for what the pretrained model answers wrongly align it to know what it knows',
      },
      {
        source:
          'Gekhman et al. 2024, Does Fine-Tuning LLMs on New Knowledge Encourage Hallucinations? (arXiv:2405.05904)',
        finding: 'fine-tuning on facts that the model does not know makes it hallucinate',
      },
    ],
    tryIt: [
      askRun(context.run, 'ask the assistant of the run, which was taught refusals, for what nobody knows', {
        model: 'sft',
        text: 'Who is the mayor of Nowhere?',
      }),
    ],
  };
}

const names = {
  minor: 'known names of which nothing is told',
  fresh: 'fresh names',
  recombined: 'two people put together',
} as const;

const unknown = ['minor', 'fresh', 'recombined'] as const;

const percent = (share: number): string => (share * 100).toFixed(1);

/** Shares of right answers, and of what is made up of all kinds of unknown names. */
interface Point {
  readonly nats: number;
  readonly known: number;
  readonly never: number;
  readonly madeUp: number;
}

function pointOf(nats: number, asked: Asked): Point {
  return {
    nats,
    known: asked.known.claim.right.share,
    never: asked.never.claim.right.share,
    madeUp: unknown.reduce((sum, name) => sum + asked[name].claim.madeUp.share, 0) / unknown.length,
  };
}

/** The assistant of the run, less ready to refuse. */
function askDearer(context: ExperimentContext<typeof plan>, nats: number): Promise<Asked> {
  const { plan, signal } = context;
  return withRunModel(context, 'sft', (opened, seed) => {
    const [{ messages, answer }] = miniwebQuestions(seed, 'unknown-recombined', 1) as [MiniwebQuestion];
    const { ids, mask } = opened.renderer.render({
      messages: [...messages, textMessage('assistant', answer)],
    });
    const logitBias = new Map([[ids[mask.indexOf(1)]!, -nats]]);
    return askEach(opened, seed, sets, { count: plan.questions, logitBias, signal });
  });
}

/** As the run made its assistant, but for refusals. Throws `pipeline/not-interrogated` where it has none. */
async function trainedOnAnswers(context: ExperimentContext<typeof plan>): Promise<Asked> {
  const { plan, signal, onEvent, threads } = context;
  const { options, store } = inventedRun(context);
  const { seed, tasks, sft } = options;
  if (!options.claims.interrogate)
    throw new LlmError({
      code: 'pipeline/not-interrogated',
      message:
        'The base model of this run was not asked for what it knows, and its assistant refuses nothing. Give a run of the default preset with --run.',
    });
  const opened = await openModel(store, 'pretrain', { threads, seed, optimizer: trainingOptimizer() });
  try {
    const { model, renderer, tokenizer } = opened;
    const { steps, rows, columns, learningRate, conversations: count } = sft;
    const { demonstrationShare: _, ...mixture } = tasks;
    const conversations = miniwebConversations({ ...mixture, seed, count, refusals: false });
    const { training: pages } = await readCorpus(store, options.pretrain);
    await fineTuneRehearsed({
      ...{ model, renderer, conversations, rows, columns, steps, seed, signal, onEvent },
      stage: arms[0],
      rehearsal: { tokenizer, pages, share: sft.rehearsal, from: sft.rehearsalFrom },
      schedule: { shape: 'trapezoid', peak: learningRate, steps, warmUpSteps: Math.ceil(steps / 50) },
    });
    return await askEach(opened, seed, sets, { count: plan.questions, signal });
  } finally {
    await opened.model.dispose();
  }
}
