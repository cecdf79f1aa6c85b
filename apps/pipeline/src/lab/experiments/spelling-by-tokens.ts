/** Models see tokens, not letters: words spelled, and letters counted at once or after spelling. */
import type { Experiment, ExperimentContext, Findings } from '../experiment.js';
import { askSets, barOf, measureOf } from '../run-claims.js';
import { askRun } from '../try-it.js';

const plan = { questions: 400 };

export const spellingByTokens: Experiment<typeof plan> = {
  name: 'spelling-by-tokens',
  title: 'Models see tokens, not letters',
  claim:
    'Words that were never spelled in training are spelled when they are made of several known tokens, seldom when they are one; and the letters of a word are counted better after it is spelled, since every letter is a token then.',
  minutes: 0.1,
  seeds: 1,
  needsRun: true,
  plan,
  run,
};

async function run(context: ExperimentContext<typeof plan>): Promise<Findings> {
  const { signal } = context;
  const options = { count: context.plan.questions, signal };
  const { word, fresh, once, spelled } = await context.arm('answers', () =>
    askSets(
      context,
      {
        ...{ word: 'spelling-word', fresh: 'spelling-fresh' },
        ...{ once: 'counting-at-once', spelled: 'counting-spelled' },
      },
      options,
    ),
  );
  const measures = [
    measureOf('spell a word of the vocabulary', 'right answers', word.claim.right),
    measureOf('spell a made-up word', 'right answers', fresh.claim.right),
    measureOf('count a letter at once', 'right answers', once.claim.right),
    measureOf('count a letter after spelling', 'right answers', spelled.claim.right),
  ] as const;
  const [words, made, atOnce, after] = measures;
  return {
    done: [
      'Words that no page and no conversation spells: of the vocabulary of the pages (some are asked in several wordings), most of them one token, and made-up ones of several tokens. Counting: how often a letter stands in a made-up word, answered at once or after spelling it.',
    ],
    measures,
    checks: [
      {
        expected: 'made-up words are spelled better than words that are one token',
        measured: `${(made.value * 100).toFixed(1)} against ${(words.value * 100).toFixed(1)} %`,
        met: made.value > words.value,
      },
      {
        expected: 'letters are counted better after spelling',
        measured: `${(after.value * 100).toFixed(1)} against ${(atOnce.value * 100).toFixed(1)} %`,
        met: after.value > atOnce.value,
      },
    ],
    plots: [
      { kind: 'bars', title: 'Letters of unseen words', unit: 'share', scale: 1, bars: measures.map(barOf) },
    ],
    samples: [...word.samples, ...fresh.samples, ...once.samples, ...spelled.samples],
    shows: ['Which letters a token stands for is a fact like others: known where it was told, not seen.'],
    doesNotShow: ['Counting with a program: the calculator of these models has no strings.'],
    mirrors: [
      {
        source: 'nanochat’s SpellingBee (Karpathy 2025); Edman et al. 2024, CUTE (arXiv:2409.15452)',
        finding: 'models know little of the letters of their tokens; spelling first makes counting possible',
      },
    ],
    tryIt: [
      askRun(context.run, 'the word of the talk', {
        model: 'sft',
        text: 'Spell strawberry, then count the letter r.',
      }),
    ],
  };
}
