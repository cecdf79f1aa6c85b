/** Samples of a step that somebody wants to see: which, and in which order. */
import { LlmError } from '@llm/core';
import {
  type KeptStep,
  type RolloutFilter,
  type RolloutOrder,
  type RolloutSample,
  type RolloutsOfStep,
  rolloutFilters,
  rolloutOrders,
} from '@llm/studio/wire';

export interface SampleChoice {
  readonly filter: RolloutFilter;
  readonly order: RolloutOrder;
  /** Found in the prompt, in what was said, or in a tool's answer, in any case. */
  readonly text: string;
  /** How many of the chosen are passed over. */
  readonly from: number;
  readonly count: number;
}

export const mostSamples = 500;

/** From the query of an address. Throws `pipeline/rollout-choice-invalid` naming what there is. */
export function sampleChoice(query: Readonly<Record<string, string | undefined>>): SampleChoice {
  const { filter = 'all', order = 'drawn', text = '', from = '0', count = String(mostSamples) } = query;
  return {
    filter: oneOf('filter', filter, rolloutFilters),
    order: oneOf('order', order, rolloutOrders),
    text,
    from: whole('from', from, 0, Number.MAX_SAFE_INTEGER),
    count: whole('count', count, 1, mostSamples),
  };
}

export function chooseSamples(step: KeptStep, choice: SampleChoice): RolloutsOfStep {
  const { filter, order, from, count } = choice;
  const wanted = choice.text.toLowerCase();
  const found = step.samples.filter(
    (sample) => filters[filter](sample) && (wanted === '' || saysIt(step, sample, wanted)),
  );
  const name = order.replace('-', '') as keyof typeof orders;
  const direction = order.startsWith('-') ? -1 : 1;
  // Equal ones stay as they were drawn.
  found.sort((a, b) => direction * (orders[name](a) - orders[name](b)) || a.index - b.index);
  return {
    ...step,
    kept: step.samples.length,
    matching: found.length,
    samples: found.slice(from, from + count),
  };
}

/** The sum, where each token has its own. */
const advantageOf = ({ advantage }: RolloutSample): number =>
  typeof advantage === 'number' ? advantage : advantage.reduce((sum, value) => sum + value, 0);

const filters: Record<RolloutFilter, (sample: RolloutSample) => boolean> = {
  all: () => true,
  raised: (sample) => advantageOf(sample) > 0,
  lowered: (sample) => advantageOf(sample) < 0,
  untaught: (sample) => advantageOf(sample) === 0,
  tool: ({ toolCalls }) => toolCalls > 0,
  'tool-failed': ({ toolFailures }) => toolFailures > 0,
  'cut-off': ({ stopReason }) => stopReason !== 'stop',
  malformed: ({ wellFormed }) => !wellFormed,
};

const orders = {
  drawn: ({ index }: RolloutSample) => index,
  reward: ({ reward }: RolloutSample) => reward,
  advantage: advantageOf,
  length: ({ ids }: RolloutSample) => ids.length,
};

function saysIt({ prompts }: KeptStep, { prompt, parts }: RolloutSample, wanted: string): boolean {
  const texts = [...(prompts[prompt]?.messages ?? []), ...parts].map(({ text }) => text);
  return texts.some((text) => text.toLowerCase().includes(wanted));
}

function oneOf<Name extends string>(what: string, value: string, names: readonly Name[]): Name {
  const name = names.find((each) => each === value);
  if (name !== undefined) return name;
  throw invalid(what, value, names.join(', '));
}

function whole(what: string, text: string, least: number, most: number): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw invalid(what, text, `a whole number from ${least} to ${most}`);
}

const invalid = (what: string, value: string, wanted: string): LlmError =>
  new LlmError({
    code: 'pipeline/rollout-choice-invalid',
    message: `${what} is "${value.slice(0, 100)}"; it must be ${wanted}.`,
    details: { option: what },
  });
