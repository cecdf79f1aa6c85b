/**
 * In-context learning: a base model that was never told the rule of a word game finds it from examples in its
 * window. No weight changes; the same model and the same word, more examples.
 */
import { miniwebWordGames } from '@llm/miniweb';
import { measureBase } from '../../claims/base-claims.js';
import type { Experiment, ExperimentContext, Findings } from '../experiment.js';
import { atLeast, measureOf, withRunModel } from '../run-claims.js';
import { askRun } from '../try-it.js';

const plan = { games: 400, shots: [0, 1, 2, 3, 4, 6, 8, 10] };

export const inContextLearning: Experiment<typeof plan> = {
  name: 'in-context-learning',
  title: 'A base model learns from examples in its window',
  claim:
    'Three kinds of words have signs that are drawn for the game: with no example the sign of a word cannot be known, with ten the base model gives it, though it never saw the word with a sign before.',
  minutes: 0.2,
  seeds: 1,
  needsRun: true,
  plan,
  run,
};

async function run(context: ExperimentContext<typeof plan>): Promise<Findings> {
  const { plan, signal } = context;
  const { wordGames } = await context.arm('games', () =>
    withRunModel(context, 'pretrain', ({ model, tokenizer }, seed) =>
      measureBase({ model, tokenizer, seed, count: plan.games, shots: plan.shots, signal }),
    ),
  );
  const measures = plan.shots.map((shots) =>
    measureOf(`${shots} examples`, 'right signs', wordGames[String(shots)]!),
  );
  const [none, most] = [measures[0]!, measures.at(-1)!];
  const [game] = miniwebWordGames(context.run!.options.seed, plan.shots.at(-1)!, 1);
  return {
    done: [
      `Word games as some pages hold them: "${game!.prompt}" goes on with "${game!.answer}". Kinds and signs are drawn for each game; every kind is shown alike; the word that is asked for is one of a quarter that no page plays with.`,
    ],
    measures,
    checks: [
      atLeast('at least 80 % are right with ten examples', most, 0.8),
      {
        expected: 'with none it is at chance: at most one in ten signs',
        measured: `${(none.value * 100).toFixed(1)} %`,
        met: none.value <= 0.1,
      },
    ],
    plots: [
      {
        kind: 'lines',
        title: 'Right signs by number of examples',
        xLabel: 'examples in the window',
        yLabel: 'share',
        yRange: [0, 1],
        series: [{ name: 'base model', points: plan.shots.map((shots, i) => [shots, measures[i]!.value]) }],
      },
    ],
    samples: [],
    shows: [
      'A model that only goes on with text can be taught a task by showing it: the prompt is the program.',
    ],
    doesNotShow: [
      'That tasks appear that no page ever showed: games of this form are on one page in thirty.',
      'That more examples always help: past the window nothing is seen.',
    ],
    mirrors: [
      {
        source: 'Brown et al. 2020, Language Models are Few-Shot Learners (arXiv:2005.14165)',
        finding: 'accuracy rises with the number of examples in the prompt, without training',
      },
      {
        source:
          'Chan et al. 2022, Data Distributional Properties Drive Emergent In-Context Learning (arXiv:2205.05055)',
        finding: 'text whose labels change from document to document makes models read the window',
      },
    ],
    tryIt: [
      askRun(context.run, 'a game of your own', {
        model: 'pretrain',
        text: 'Kite gets wood and Friday gets salt, bell gets',
      }),
    ],
  };
}
