/**
 * What a person looking at the curves of a stage should be told: the loss exploded or is no number,
 * nothing is learnt, groups are tied. Each says what was seen, at which step, and what it may mean.
 */
import type { CurveColumns } from '@llm/core';
import { formatFigure, formatPercent } from '../../components/format.js';

export interface Alert {
  readonly kind: 'warn' | 'bad';
  readonly title: string;
  readonly text: string;
  /** The curve to look at. */
  readonly metric: string;
}

/** Fewer buckets say nothing yet. */
const enough = 10;

export function alertsOf(curve: (metric: string) => CurveColumns | undefined): Alert[] {
  return [
    ...lossAlerts(curve('loss')),
    ...gradientAlerts(curve('grad_norm')),
    ...groupAlerts(curve('frac_reward_zero_std')),
  ];
}

function lossAlerts(loss: CurveColumns | undefined): Alert[] {
  if (loss === undefined) return [];
  const alerts: Alert[] = [];
  const metric = 'loss';
  if (loss.notNumbers > 0)
    alerts.push({
      ...{ kind: 'bad', title: 'The loss is no number', metric },
      text: `First at step ${loss.firstNotNumber}, ${loss.notNumbers} times in all. The weights are lost from there on: go back to a checkpoint before it, with a lower learning rate.`,
    });
  const means = loss.mean.filter((value) => value !== null);
  const least = Math.min(...means);
  const last = mean(means.slice(-enough));
  const first = mean(means.slice(0, enough));
  // Objectives of practice go below zero; only a likelihood has this scale.
  if (means.length < 2 * enough || least < 0) return alerts;
  if (last > 2 * least && last - least > 1)
    alerts.push({
      ...{ kind: 'bad', title: 'The loss exploded', metric },
      text: `It stands at ${formatFigure(last)} and had been down to ${formatFigure(least)}. Lower the learning rate, or go on from the checkpoint before.`,
    });
  else if (loss.points >= 50 && last > 0.98 * first)
    alerts.push({
      ...{ kind: 'warn', title: 'Nothing is learnt', metric },
      text: `After ${loss.points} steps the loss is ${formatFigure(last)}, as at the beginning (${formatFigure(first)}). The learning rate may be too low, or no target counts.`,
    });
  return alerts;
}

function gradientAlerts(norm: CurveColumns | undefined): Alert[] {
  const values = norm?.mean.filter((value) => value !== null) ?? [];
  if (values.length < enough || values.slice(-enough).some((value) => value !== 0)) return [];
  return [
    {
      ...{ kind: 'bad', title: 'Nothing is trained', metric: 'grad_norm' },
      text: `The gradient has been zero for the last ${enough} steps: no target counts, or no weight may change.`,
    },
  ];
}

function groupAlerts(tied: CurveColumns | undefined): Alert[] {
  const values = tied?.mean.filter((value) => value !== null) ?? [];
  const last = mean(values.slice(-enough));
  if (values.length < 4 || last < 0.8) return [];
  return [
    {
      ...{ kind: 'warn', title: 'Groups are tied', metric: 'frac_reward_zero_std' },
      text: `${formatPercent(last)} of the newest groups have samples of one reward, and teach nothing. Questions are too hard or too easy, or samples too alike (raise the temperature).`,
    },
  ];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
