/** Counts that other thresholds change, and the thresholds themselves as an address holds them. */
import type { TunedData } from '../../wire/index.js';

export interface ChangedCount {
  readonly name: string;
  readonly was: number;
  readonly is: number;
}

/** The greatest change first. */
export function changedCounts({ before, after }: Pick<TunedData, 'before' | 'after'>): ChangedCount[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .map((name) => ({ name, was: before[name] ?? 0, is: after[name] ?? 0 }))
    .filter(({ was, is }) => was !== is)
    .sort((a, b) => Math.abs(b.is - b.was) - Math.abs(a.is - a.was) || (a.name < b.name ? -1 : 1));
}

/** `step.option=30,step.other=0.5`. What is no such thing is left out. */
export function settingsOf(text: string | null): Map<string, number> {
  const settings = new Map<string, number>();
  for (const each of (text ?? '').split(',')) {
    const [, name, value] = /^([\w.-]+)=(-?[\d.]+(?:e[+-]?\d+)?)$/.exec(each) ?? [];
    if (name !== undefined && Number.isFinite(Number(value))) settings.set(name, Number(value));
  }
  return settings;
}
