/** What is asked of a step, and what a sample is called in the address. */
import type { RolloutFilter, RolloutOrder } from '../../wire/index.js';

export const filterTitles: readonly (readonly [RolloutFilter, string])[] = [
  ['all', 'all samples'],
  ['raised', 'better than expected'],
  ['lowered', 'worse than expected'],
  ['untaught', 'as expected: no lesson'],
  ['tool', 'with a tool'],
  ['tool-failed', 'with a tool that failed'],
  ['cut-off', 'cut off'],
  ['malformed', 'not well formed'],
];

export const orderTitles: readonly (readonly [RolloutOrder, string])[] = [
  ['drawn', 'by prompt'],
  ['-reward', 'most reward first'],
  ['reward', 'least reward first'],
  ['-advantage', 'most advantage first'],
  ['advantage', 'least advantage first'],
  ['-length', 'longest first'],
  ['length', 'shortest first'],
];

/** Of all of a step, nothing: that is an address that a folder of files answers, too. */
export function sampleQuery(query: URLSearchParams): string {
  const asked = new URLSearchParams();
  for (const name of ['filter', 'order', 'text']) {
    const value = query.get(name);
    if (value !== null && value !== '') asked.set(name, value);
  }
  const text = asked.toString();
  return text === '' ? '' : `?${text}`;
}

export interface SampleName {
  readonly stage: string;
  readonly step: number;
  readonly index: number;
}

/** `rl.8.13` */
export const nameOf = ({ stage, step, index }: SampleName): string => `${stage}.${step}.${index}`;

export function parseName(name: string): SampleName | undefined {
  const [, stage, step, index] = /^([a-z]+)\.(\d{1,12})\.(\d{1,12})$/.exec(name) ?? [];
  return stage === undefined ? undefined : { stage, step: Number(step), index: Number(index) };
}

/** One more or one less of at most two; a third takes the place of the second. */
export function toggled(chosen: readonly string[], name: string): readonly string[] {
  if (chosen.includes(name)) return chosen.filter((each) => each !== name);
  return [...chosen.slice(0, 1), name];
}
