/** Figures of an experiment as people read them. */
import { formatFigure, formatPercent } from '../../components/format.js';
import type { LabMeasure } from '../../wire/lab-report.js';

type Unit = LabMeasure['unit'];

export const shownValue = (value: number, unit: Unit): string =>
  unit === 'share' ? formatPercent(value) : formatFigure(value);

/** `34.1 % to 40.2 %`; a dash where there is none. */
export const shownInterval = (interval: readonly [number, number] | null, unit: Unit): string =>
  interval === null ? '–' : interval.map((bound) => shownValue(bound, unit)).join(' to ');

/** `right answers`, `tokens per answer`, `length, tokens`: with the unit where the name does not say it. */
export const measuredAs = (name: string, unit: Unit): string =>
  unit === 'share' || name.includes(unitNames[unit] ?? unit) ? name : `${name}, ${unitNames[unit] ?? unit}`;

/** Lines say in words what they are: shares are read as such. */
export const unitOfLabel = (label: string): Unit => (/^share\b|\baccuracy\b/.test(label) ? 'share' : 'score');

export const unitNames: Readonly<Record<Unit, string>> = {
  share: 'share',
  tokens: 'tokens',
  score: 'score',
  nats: 'nats per token',
};
