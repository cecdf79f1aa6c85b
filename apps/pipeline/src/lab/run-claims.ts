/** What experiments share that read the models of a finished run of the invented web. */
import { LlmError, type Message, messageText } from '@llm/core';
import { type MiniwebQuestion, miniwebQuestions, type QuestionSet } from '@llm/miniweb';
import type { LabMeasure } from '@llm/studio/wire';
import { answerAll, askable, type Claim, judgedAnswers } from '../claims/assistant-claims.js';
import type { Share } from '../claims/share.js';
import { isInvented } from '../material/checkable-questions.js';
import type { RunModelPlace } from '../models/model-source.js';
import { type OpenModel, openModel } from '../models/open-model.js';
import type { ExperimentContext } from './experiment.js';

/** Throws `pipeline/not-the-invented-web` for a run on documents of which nobody knows what they say. */
export function inventedRun({ run }: ExperimentContext): RunModelPlace {
  if (run === undefined || !isInvented(run.options))
    throw new LlmError({
      code: 'pipeline/not-the-invented-web',
      message:
        'This experiment asks for what the invented web says. Give a run of it with --run; "llm run" makes one.',
    });
  return run;
}

/** Throws as `inventedRun` does. */
export async function withRunModel<Value>(
  context: ExperimentContext,
  name: 'pretrain' | 'sft',
  use: (opened: OpenModel, seed: number) => Promise<Value>,
): Promise<Value> {
  const run = inventedRun(context);
  const opened = await openModel(run.store, name, { threads: context.threads });
  try {
    return await use(opened, run.options.seed);
  } finally {
    await opened.model.dispose();
  }
}

/** What was asked, for people. */
const setTitles: Readonly<Record<QuestionSet, string>> = {
  'facts-asked': 'facts of conversations',
  'facts-never-asked': 'facts that no conversation asks for',
  'context-true': 'with a text that says it',
  'context-false': 'with a text that contradicts',
  'unknown-minor': 'known names of which nothing is told',
  'unknown-fresh': 'fresh names',
  'unknown-recombined': 'two people put together',
  'system-name': 'a name in the system message',
  'system-rule': 'a rule in the system message',
  'spelling-word': 'spell a word of the vocabulary',
  'spelling-fresh': 'spell a made-up word',
  'counting-at-once': 'count a letter at once',
  'counting-spelled': 'count a letter after spelling',
};

/** `LabSample` as an artifact holds it. */
type KeptSample = {
  readonly arm: string;
  readonly system?: string;
  readonly prompt: string;
  readonly answer: string;
  readonly right: boolean;
};

export type AskedSet = { readonly claim: Claim; readonly samples: KeptSample[] };

/** A set of held-out questions, answered and judged, with the first few answers word for word. */
export async function askSet(
  { model, renderer }: Pick<OpenModel, 'model' | 'renderer'>,
  seed: number,
  set: QuestionSet,
  { count = 400, signal, keep, logitBias }: AskOptions,
): Promise<AskedSet> {
  const wanted = miniwebQuestions(seed, set, 2000)
    .filter(keep ?? (() => true))
    .slice(0, count);
  const questions = askable({ model, renderer }, wanted);
  const answers = await answerAll({ model, renderer, seed, logitBias, signal }, questions);
  const { claim, verdicts } = judgedAnswers(questions, answers);
  const isUnknown = set.startsWith('unknown-');
  const samples = questions.slice(0, 3).map(
    ({ messages }, index): KeptSample => ({
      arm: setTitles[set],
      ...saidBefore(messages),
      answer: answers[index]!,
      right: verdicts[index] === (isUnknown ? 'refused' : 'right'),
    }),
  );
  return { claim, samples };
}

function saidBefore(messages: readonly Message[]): { system?: string; prompt: string } {
  const of = (isSystem: boolean): string =>
    messages
      .filter(({ role }) => (role === 'system') === isSystem)
      .map(({ parts }) => messageText(parts))
      .join('\n');
  const system = of(true);
  return { ...(system !== '' && { system }), prompt: of(false) };
}

/** Several sets, each by a name of one's own, asked of one model. */
export async function askEach<Name extends string>(
  opened: Pick<OpenModel, 'model' | 'renderer'>,
  seed: number,
  sets: Readonly<Record<Name, QuestionSet>>,
  options: AskOptions,
): Promise<Record<Name, AskedSet>> {
  const asked = {} as Record<Name, AskedSet>;
  for (const name of Object.keys(sets) as Name[])
    asked[name] = await askSet(opened, seed, sets[name], options);
  return asked;
}

/** The same, asked of the assistant of the run. */
export function askSets<Name extends string>(
  context: ExperimentContext,
  sets: Readonly<Record<Name, QuestionSet>>,
  options: AskOptions,
): Promise<Record<Name, AskedSet>> {
  return withRunModel(context, 'sft', (opened, seed) => askEach(opened, seed, sets, options));
}

export interface AskOptions {
  readonly count?: number | undefined;
  /** By id, added to its logit. Default: none. */
  readonly logitBias?: ReadonlyMap<number, number> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Which questions of the set. Default: all. */
  readonly keep?: ((question: MiniwebQuestion) => boolean) | undefined;
}

export function measureOf(arm: string, name: string, { share, interval, n }: Share): LabMeasure {
  return { arm, name, unit: 'share', value: share, n, interval, bySeed: [share] };
}

export const barOf = ({ arm, value, interval }: LabMeasure) => ({ label: arm, value, interval });

/** A claim counts as shown when a share reaches its bar. */
export const atLeast = (expected: string, { value }: LabMeasure, bar: number) => ({
  expected,
  measured: `${(value * 100).toFixed(1)} %`,
  met: value >= bar,
});
