/** Figures of an experiment as people read them. */
import { formatFigure, formatPercent } from '../../components/format.js';
import type { LabMeasure } from '../../wire/lab-report.js';

type Unit = LabMeasure['unit'];

export const shownValue = (value: number, unit: Unit): string =>
  unit === 'share' ? formatPercent(value) : formatFigure(value);

/** `34.1 % to 40.2 %`; a dash where there is none. */
export const shownInterval = (interval: readonly [number, number] | null, unit: Unit): string =>
  interval === null ? '–' : interval.map((bound) => shownValue(bound, unit)).join(' to ');

export const unitNames: Readonly<Record<Unit, string>> = {
  share: 'share',
  tokens: 'tokens',
  score: 'score',
  nats: 'nats per token',
};
