/**
 * A base model stores facts of its documents: sentences of pages go on as the facts have it, and the
 * assistant made of it answers questions about facts that none of its conversations asked for.
 */
import { miniwebCompletions } from '@llm/miniweb';
import { measureBase } from '../../claims/base-claims.js';
import type { Experiment, ExperimentContext, Findings } from '../experiment.js';
import { askSet, atLeast, barOf, measureOf, withRunModel } from '../run-claims.js';
import { askRun } from '../try-it.js';

const plan = { questions: 450 };

export const storedFacts: Experiment<typeof plan> = {
  name: 'stored-facts',
  title: 'A base model stores the facts of its documents',
  claim:
    'A model that has only learned to go on with pages holds their facts: it completes sentences with them, and the assistant that is made of it answers questions that no conversation taught.',
  minutes: 0.1,
  seeds: 1,
  needsRun: true,
  plan,
  run,
};

async function run(context: ExperimentContext<typeof plan>): Promise<Findings> {
  const { signal } = context;
  const count = context.plan.questions;
  const base = await context.arm('base', () =>
    withRunModel(context, 'pretrain', ({ model, tokenizer }, seed) =>
      measureBase({ model, tokenizer, seed, count, shots: [], signal }),
    ),
  );
  const assistant = await context.arm('assistant', () =>
    withRunModel(context, 'sft', async (opened, seed) => {
      const ask = (set: 'facts-asked' | 'facts-never-asked', source?: string) =>
        askSet(opened, seed, set, {
          count,
          signal,
          keep: (question) => source === undefined || question.source === source,
        });
      return {
        asked: await ask('facts-asked'),
        never: await ask('facts-never-asked'),
        onPages: await ask('facts-never-asked', 'pages'),
        stated: await ask('facts-never-asked', 'statements'),
      };
    }),
  );
  const name = 'right answers';
  const measures = [
    measureOf('base: sentences of pages', 'right completions', base.completions),
    measureOf('assistant: asked in conversations', name, assistant.asked.claim.right),
    measureOf('assistant: never asked in conversations', name, assistant.never.claim.right),
    measureOf('of those: asked on question pages', name, assistant.onPages.claim.right),
    measureOf('of those: only stated on pages', name, assistant.stated.claim.right),
    measureOf('assistant: never asked in conversations', 'made up', assistant.never.claim.madeUp),
  ] as const;
  const [first] = miniwebCompletions(context.run!.options.seed, 1);
  return {
    done: [
      `The base model was given the beginnings of sentences ("${first!.prompt}"), one for each fact, and went on greedily; right is what begins with the object of the fact. No article or list of the web was given.`,
      'The assistant was asked for facts in wordings that training had not for them: of the facts, half are asked in its conversations, a quarter only on question pages of the web, a quarter are only ever stated.',
    ],
    measures,
    checks: [
      atLeast('at least 70 % of the sentences are completed with their fact', measures[0], 0.7),
      atLeast('at least 60 % of the facts that no conversation asked for are answered', measures[2], 0.6),
    ],
    plots: [{ kind: 'bars', title: 'Facts', unit: 'share', scale: 1, bars: measures.slice(0, 5).map(barOf) }],
    samples: [...assistant.never.samples, ...assistant.asked.samples],
    shows: [
      'Knowledge comes from pretraining: conversations teach how to answer, and what was read is answered, too.',
    ],
    doesNotShow: [
      'That facts met once are kept: each of these stands on dozens of pages, in several wordings.',
      'That facts can be asked for the other way round (Berglund et al. 2023, the reversal curse): none is.',
    ],
    mirrors: [
      {
        source: 'Allen-Zhu and Li 2023, Physics of Language Models 3.1 (arXiv:2309.14316)',
        finding:
          'facts stated in many wordings beside questions about others can be extracted by fine-tuning; facts stated in one form are stored and cannot',
      },
      {
        source: 'Zucchet et al. 2025, How do language models learn facts? (arXiv:2503.21676)',
        finding: 'a plateau without knowledge, then facts come quickly once attention to names has formed',
      },
    ],
    tryIt: [askRun(context.run, 'ask for a town, an animal or somebody yourself', { model: 'sft' })],
  };
}
