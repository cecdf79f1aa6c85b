/**
 * Models see tokens, not letters: the same questions about letters of unseen words, answered at once, after
 * spelling, and by a tool. And words with tokens whose letters were never told.
 */
import { createRandom } from '@llm/core';
import { muon } from '@llm/model';
import type { LabMeasure } from '@llm/studio/wire';
import { quoted, typed } from '../../terminal/typed-command.js';
import type { Experiment, ExperimentContext, Findings } from '../experiment.js';
import { imitate } from '../imitation.js';
import { keepModel, openLabModel } from '../lab-model.js';
import {
  type CountingStyle,
  countingStyles,
  type LetterTasks,
  letterConversation,
  letterCounter,
  letterTasks,
  repeatConversation,
  spelledRight,
} from '../material/letter-problems.js';
import {
  type MeasuredAnswers,
  measureAnswers,
  rightAnswers,
  samplesOf,
  sharesOf,
  tokensPerAnswer,
} from '../measured-answers.js';
import { barOf } from '../run-claims.js';
import { shownPoints, shownValue } from '../shown-value.js';

const plan = {
  model: { depth: 2, width: 64, headWidth: 32, contextLength: 96 },
  vocabularySize: 640,
  heldOut: 400,
  conversations: 12_000,
  /** Share of the conversations that only repeat a word. */
  repeats: 0.15,
  imitation: { steps: 480, rows: 12, columns: 96, learningRate: 8e-3 },
  questions: 400,
};

type Sizes = typeof plan;

const armNames: Readonly<Record<CountingStyle, string>> = {
  'at-once': 'at once',
  'spelled-first': 'spelled first',
  'with-tool': 'with a tool',
};
const maxNewTokens = 48;

type Measured = {
  readonly told: MeasuredAnswers;
  readonly untold: MeasuredAnswers;
  /** Words that were spelled right, of answers that spell. */
  readonly spelled: { readonly told: MeasuredAnswers; readonly untold: MeasuredAnswers } | null;
};

export const spellingByTokens: Experiment<Sizes> = {
  name: 'spelling-by-tokens',
  title: 'Models see tokens, not letters',
  claim:
    'Letters of unseen words are counted badly at once, better after the word is spelled, since every letter is a token then, and best by a tool; and a word is spelled only where the letters of its tokens were told.',
  minutes: 3,
  seeds: 3,
  needsRun: false,
  plan,
  run,
};

async function run(context: ExperimentContext<Sizes>): Promise<Findings> {
  const { heldOut, vocabularySize } = context.plan;
  const tasks = await letterTasks({ heldOut, vocabularySize });
  const measured: Record<CountingStyle, Measured[]> = { 'at-once': [], 'spelled-first': [], 'with-tool': [] };
  // Seed by seed: what was stopped half-way has compared something.
  for (const seed of context.seeds)
    for (const style of countingStyles)
      measured[style].push(await context.arm(`${style}-${seed}`, () => train(context, tasks, style, seed)));
  return findings(context, measured);
}

async function train(
  context: ExperimentContext<Sizes>,
  tasks: LetterTasks,
  style: CountingStyle,
  seed: number,
): Promise<Measured> {
  const { plan, threads, signal, onEvent, store } = context;
  const random = createRandom(seed, 'spelling-by-tokens');
  const conversations = Array.from({ length: plan.conversations }, () =>
    random.uniform() < plan.repeats
      ? repeatConversation(tasks.drawWord(random))
      : letterConversation(tasks.draw(random, style), style),
  );
  const { language } = tasks;
  const opened = await openLabModel({ sizes: plan.model, language, threads, seed, optimizer: muon() });
  try {
    const stage = `${armNames[style]}, seed ${seed}`;
    await imitate({ opened, conversations, sizes: plan.imitation, seed, stage, signal, onEvent });
    const sizes = { questions: plan.questions, sampledQuestions: 0, samples: 0 };
    const tools = style === 'with-tool' ? [letterCounter] : undefined;
    const measure = (set: LetterTasks['told']): Promise<MeasuredAnswers> =>
      measureAnswers({ opened, tasks: set, tools, maxNewTokens, sizes, signal, onEvent });
    const { told, untold } = tasks;
    const spells = style === 'spelled-first';
    const answers = {
      told: await measure(told),
      untold: await measure(untold),
      spelled: spells
        ? { told: await measure(spelledRight(told)), untold: await measure(spelledRight(untold)) }
        : null,
    };
    if (seed === context.seeds[0]) await keepModel(store, style, opened);
    return answers;
  } finally {
    await opened.model.dispose();
  }
}

function findings(
  { plan, seeds, directory }: ExperimentContext<Sizes>,
  measured: Readonly<Record<CountingStyle, readonly Measured[]>>,
): Findings {
  const told = countingStyles.map((style) =>
    rightAnswers(
      armNames[style],
      measured[style].map((one) => one.told),
    ),
  );
  const untold = countingStyles.map((style) => {
    const answers = measured[style].map((one) => one.untold);
    return { ...rightAnswers(armNames[style], answers), name: 'right, words with a token never spelled' };
  });
  const spelled = (['told', 'untold'] as const).map((set) =>
    sharesOf(
      set === 'told' ? 'words of told tokens' : 'words with a token never spelled',
      'spelled right',
      measured['spelled-first'].map(({ spelled }) => shareOf(spelled![set])),
    ),
  );
  const [atOnce, after, tool] = told.map(({ value }) => value) as [number, number, number];
  const least = Math.min(
    ...seeds.map((_, i) => told[1]!.bySeed[i]! - told[0]!.bySeed[i]!),
    ...seeds.map((_, i) => told[2]!.bySeed[i]! - told[1]!.bySeed[i]!),
  );
  const { steps, rows, columns } = plan.imitation;
  return {
    done: [
      `Made-up words of three syllables, seven tokens or so: "How many e in brimlosten?" The letter stands in it once, twice and three times in a third of the questions each. ${plan.heldOut} words are in no training, though their tokens are in other words.`,
      `Three models of the same size (depth ${plan.model.depth}, width ${plan.model.width}) begin from the same weights and are trained by the same recipe on ${(steps * rows * columns).toLocaleString('en-US')} positions each. One says the count at once; one spells first and numbers the letters that count; one asks a tool.`,
      `The letters of one token in eight are never told, though words with it are repeated, and the tool is asked about them; ${plan.heldOut} further questions are about such words.`,
    ],
    measures: [
      ...told,
      ...untold,
      ...spelled,
      ...countingStyles.map((style) =>
        tokensPerAnswer(
          armNames[style],
          measured[style].map((one) => one.told),
        ),
      ),
    ],
    checks: [
      {
        expected: 'right answers rise from at once to spelled first to the tool, with every seed',
        measured: `${told.map(shown).join(', ')}; the least step of a seed ${shownPoints(least)}`,
        met: atOnce < after && after < tool && least > 0,
      },
      {
        expected: 'spelling first is at least 30 points above at once',
        measured: shownPoints(after - atOnce),
        met: after - atOnce >= 0.3,
      },
      {
        expected: 'words with a token never spelled are spelled at least 30 points less often',
        measured: spelled.map(shown).join(', '),
        met: spelled[0]!.value - spelled[1]!.value >= 0.3,
      },
    ],
    plots: [
      {
        kind: 'bars',
        title: 'Letters of unseen words counted right',
        unit: 'share',
        bars: told.map(barOf),
      },
      {
        kind: 'bars',
        title: 'Unseen words spelled right',
        unit: 'share',
        bars: spelled.map(barOf),
      },
    ],
    samples: countingStyles.flatMap((style) => [
      ...samplesOf(armNames[style], measured[style][0]!.told),
      ...samplesOf(`${armNames[style]}, a token never spelled`, measured[style][0]!.untold),
    ]),
    shows: [
      'What is one token for the model is several letters for us. Written letter by letter, each is a token of its own, and counting is a small step at each.',
      'Which letters a token stands for is a fact like others: known where it was told, not seen.',
      `A tool needs no letters: it is right in ${shownValue(untold[2]!.value, 'share')} of the words that the model cannot spell.`,
    ],
    doesNotShow: [
      'That a model cannot count at once at all: it is above chance (a third), and with more training each token may come to say how often a letter stands in it.',
      'That a model knows when to ask the tool: here it always does.',
    ],
    mirrors: [
      {
        source: 'nanochat’s SpellingBee (Karpathy 2025); Edman et al. 2024, CUTE (arXiv:2409.15452)',
        finding: 'models know little of the letters of their tokens; spelling first makes counting possible',
      },
    ],
    tryIt: [
      { command: typed('lab spelling-by-tokens'), what: 'the experiment again; what is finished is kept' },
      {
        command: typed(`chat --model ${quoted(`${directory}/spelled-first/model`)}`),
        what: 'ask the model that spells "How many e in brimlosten?"; the others lie beside it',
      },
    ],
  };
}

const shown = ({ arm, value }: LabMeasure): string => `${arm} ${shownValue(value, 'share')}`;

const shareOf = ({ right, n }: MeasuredAnswers) => ({ share: right / n, n });
