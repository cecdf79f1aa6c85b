/** `groundTruth` of the data stage's summary, where it has one. */
import type { Summary } from './stage-figures.js';

export interface Miss {
  readonly id: string;
  readonly expected: string;
  readonly actual: string;
  readonly byChance: boolean;
}

export function groundTruthOf(
  summary: Summary,
): { readonly pages: number; readonly met: number; readonly misses: readonly Miss[] } | undefined {
  const truth = summary.groundTruth as Readonly<Record<string, unknown>> | null | undefined;
  if (typeof truth?.pages !== 'number' || typeof truth.met !== 'number') return undefined;
  const misses = [
    ...list(truth.misses).map((miss) => ({ ...miss, byChance: false })),
    ...list(truth.byChance).map((miss) => ({ ...miss, byChance: true })),
  ];
  return { pages: truth.pages, met: truth.met, misses };
}

function list(value: unknown): Omit<Miss, 'byChance'>[] {
  return Array.isArray(value)
    ? value.filter((each) => typeof each?.id === 'string' && typeof each.expected === 'string')
    : [];
}
