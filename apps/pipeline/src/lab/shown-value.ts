/** Figures of an experiment as people read them. */
import type { LabMeasure } from '@llm/studio/wire';
import { formatMetric, formatPercent } from '../terminal/format.js';

export function shownValue(value: number, unit: LabMeasure['unit']): string {
  return unit === 'share' ? formatPercent(value) : formatMetric(value);
}

export function shownInterval({ interval, unit }: Pick<LabMeasure, 'interval' | 'unit'>): string {
  return interval === null ? '' : interval.map((bound) => shownValue(bound, unit)).join(' to ');
}

/** `+41.5 points`. */
export function shownPoints(difference: number): string {
  return `${difference < 0 ? '−' : '+'}${Math.abs(difference * 100).toFixed(1)} points`;
}
