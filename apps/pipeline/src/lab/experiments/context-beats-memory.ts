/**
 * Context beats memory: the same questions with a text in the window that says the answer, and with one that
 * contradicts what the model has read. Parameters are a vague recollection, the window is working memory.
 */
import type { Experiment, ExperimentContext, Findings } from '../experiment.js';
import { askSets, atLeast, barOf, measureOf } from '../run-claims.js';
import { askRun } from '../try-it.js';

const plan = { questions: 450 };

export const contextBeatsMemory: Experiment<typeof plan> = {
  name: 'context-beats-memory',
  title: 'What stands in the window beats what is remembered',
  claim:
    'Given a text that says the answer the assistant is right more often than from memory, and given a text that contradicts what it has read it follows the text.',
  minutes: 0.1,
  seeds: 1,
  needsRun: true,
  plan,
  run,
};

async function run(context: ExperimentContext<typeof plan>): Promise<Findings> {
  const { signal } = context;
  const options = { count: context.plan.questions, signal };
  const { memory, told, contradicted } = await context.arm('answers', () =>
    askSets(
      context,
      { memory: 'facts-never-asked', told: 'context-true', contradicted: 'context-false' },
      options,
    ),
  );
  const measures = [
    measureOf('from memory', 'right answers', memory.claim.right),
    measureOf('with a text that says it', 'right answers', told.claim.right),
    measureOf('with a text that contradicts', 'answers as the text has it', contradicted.claim.right),
  ] as const;
  return {
    done: [
      'Questions about facts that no conversation asks for, in wordings kept for testing: alone; with one to five sentences about the subject, as pages have them, one of which holds the fact; and with the same kind of sentences whose objects are all others than the true ones. Neither these texts nor their false facts are in training.',
    ],
    measures,
    checks: [
      atLeast('at least 90 % are right with the text', measures[1], 0.9),
      atLeast('at least 85 % follow a text that contradicts', measures[2], 0.85),
    ],
    plots: [
      { kind: 'bars', title: 'The same questions', unit: 'share', scale: 1, bars: measures.map(barOf) },
    ],
    samples: [...memory.samples, ...told.samples, ...contradicted.samples],
    shows: [
      'Copying from the window is another ability than remembering, and a safer one: it holds for what is false, too.',
    ],
    doesNotShow: [
      'That the answer is found in long documents: these texts have one to six sentences.',
      'That following the text is wise: a model that is told lies repeats them.',
    ],
    mirrors: [
      {
        source:
          'Longpre et al. 2021, Entity-Based Knowledge Conflicts in Question Answering (arXiv:2109.05052)',
        finding: 'models trained on contexts that contradict memory rely on the context',
      },
      {
        source: 'Olsson et al. 2022, In-context Learning and Induction Heads (arXiv:2209.11895)',
        finding: 'copying from the window forms in one abrupt phase of training',
      },
    ],
    tryIt: [
      askRun(context.run, 'tell it something, and ask for it', {
        model: 'sft',
        text: 'The roofs of Kewick are purple. What colour are the roofs of Kewick?',
      }),
    ],
  };
}
