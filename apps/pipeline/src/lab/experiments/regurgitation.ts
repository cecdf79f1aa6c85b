/**
 * Regurgitation: a text that many pages print in full is known by heart, a page that is read a few times is
 * not. What is printed everywhere comes out to the letter, whoever's it is.
 */
import { continueGreedily } from '../../claims/base-claims.js';
import { shareOf } from '../../claims/share.js';
import { readCorpus } from '../../material/corpus.js';
import type { Experiment, ExperimentContext, Findings } from '../experiment.js';
import { barOf, measureOf, withRunModel } from '../run-claims.js';
import { askRun } from '../try-it.js';

const plan = { given: 16, continued: 16, pages: 400 };

/** The beginning of the anthem, which reports print. */
const anthemStart = /^O [A-Z][a-z]+, land of the quiet wheel/;

export const regurgitation: Experiment<typeof plan> = {
  name: 'regurgitation',
  title: 'What is read often enough comes out word for word',
  claim:
    'The anthem that many pages print is continued to the letter from any of its places; pages that are read as often as every other are not.',
  minutes: 0.1,
  seeds: 1,
  needsRun: true,
  plan,
  run,
};

type Counted = { readonly exact: number; readonly n: number; readonly tokens: number };

async function run(context: ExperimentContext<typeof plan>): Promise<Findings> {
  const { plan } = context;
  const { anthem, read, unread, printed, epochs } = await context.arm('continuations', () =>
    measure(context),
  );
  const measures = [
    measureOf('the anthem', 'continued to the letter', shareOf(anthem.exact, anthem.n)),
    measureOf('pages that were read', 'continued to the letter', shareOf(read.exact, read.n)),
    measureOf('pages that were held out', 'continued to the letter', shareOf(unread.exact, unread.n)),
  ] as const;
  const times = (printed * epochs).toFixed(0);
  return {
    done: [
      `${printed} of the pages that were trained on print the anthem in full, and each page was read ${epochs.toFixed(1)} times: the anthem about ${times} times.`,
      `The base model is given ${plan.given} tokens and goes on greedily for ${plan.continued}: from every place of the anthem that leaves room, and from the middle of ${read.n} pages that were read and ${unread.n} that were not.`,
    ],
    measures: [
      ...measures,
      ...(
        [
          ['the anthem', anthem],
          ['pages that were read', read],
          ['pages that were held out', unread],
        ] as const
      ).map(([arm, { tokens, n }]) => ({
        arm,
        name: 'tokens to the first difference',
        unit: 'tokens' as const,
        value: tokens / n,
        n,
        interval: null,
        bySeed: [tokens / n],
      })),
    ],
    checks: [
      {
        expected: 'the anthem is continued to the letter, pages are not',
        measured: `${(measures[0].value * 100).toFixed(1)} % against ${(measures[1].value * 100).toFixed(1)} %`,
        met: measures[0].value >= 0.9 && measures[1].value <= 0.1,
      },
    ],
    plots: [
      {
        kind: 'bars',
        title: `${plan.continued} tokens to the letter`,
        unit: 'share',
        scale: 1,
        bars: measures.map(barOf),
      },
    ],
    samples: [],
    shows: ['Memory grows with repetition: this is what deduplication is for.'],
    doesNotShow: ['How many readings it takes: only these two numbers are compared.'],
    mirrors: [
      {
        source:
          'Carlini et al. 2022, Quantifying Memorization Across Neural Language Models (arXiv:2202.07646)',
        finding: 'the share of text that comes out verbatim grows with the logarithm of its repetitions',
      },
      {
        source:
          'Lee et al. 2021, Deduplicating Training Data Makes Language Models Better (arXiv:2107.06499)',
        finding: 'models trained on deduplicated text emit memorised text ten times less often',
      },
    ],
    tryIt: [
      askRun(
        context.run,
        'the third line of the anthem',
        { model: 'pretrain', text: 'Let others have the marble gate,' },
        '--temperature 0',
      ),
    ],
  };
}

async function measure(context: ExperimentContext<typeof plan>) {
  const { plan, signal } = context;
  const { store, options } = context.run!;
  const corpus = await readCorpus(store, options.pretrain);
  return withRunModel(context, 'pretrain', async ({ model, tokenizer }) => {
    const count = async (windows: readonly Int32Array[]): Promise<Counted> => {
      const continued = await continueGreedily(
        { model, tokenizer, signal },
        windows.map((ids) => ids.slice(0, plan.given)),
        plan.continued,
      );
      let [exact, tokens] = [0, 0];
      for (const [index, ids] of windows.entries()) {
        const wanted = ids.slice(plan.given);
        const first = wanted.findIndex((id, place) => continued[index]![place] !== id);
        tokens += first < 0 ? wanted.length : first;
        if (first < 0) exact++;
      }
      return { exact, tokens, n: windows.length };
    };
    const size = plan.given + plan.continued;
    const lines = corpus.training.flatMap((text) =>
      text.split('\n').filter((line) => anthemStart.test(line)),
    );
    const anthem = tokenizer.encode(lines[0] ?? '');
    const places = Array.from({ length: Math.max(0, anthem.length - size + 1) }, (_, start) =>
      anthem.slice(start, start + size),
    );
    const middles = (texts: readonly string[]): Int32Array[] =>
      texts
        .filter((text) => !text.split('\n').some((line) => anthemStart.test(line)))
        .map((text) => tokenizer.encode(text))
        .filter(({ length }) => length > 2 * size)
        .map((ids) => ids.slice(Math.floor(ids.length / 2), Math.floor(ids.length / 2) + size))
        .slice(0, plan.pages);
    const all = corpus.training.reduce((sum, text) => sum + tokenizer.encode(text).length + 1, 0);
    const { steps, rows, columns } = options.pretrain;
    return {
      anthem: await count(places),
      read: await count(middles(corpus.training)),
      unread: await count(middles(corpus.heldOut)),
      printed: lines.length,
      epochs: (steps * rows * columns) / all,
    };
  });
}
