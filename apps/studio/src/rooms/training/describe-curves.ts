/**
 * A plot in words, for those who hear the page: where each curve begins and ends, and between what it
 * moves.
 */
import type { CurveColumns } from '@llm/core';
import { formatCount, formatFigure } from '../../components/format.js';

export function describeCurves(
  metric: string,
  curves: readonly { readonly id: string; readonly columns: CurveColumns }[],
): string {
  const told = curves.map(({ id, columns }) => {
    const means = columns.mean.filter((value) => value !== null);
    if (means.length === 0) return `${id}: no numbers.`;
    const least = Math.min(...columns.least.filter((value) => value !== null));
    const most = Math.max(...columns.most.filter((value) => value !== null));
    return `${id}: ${formatCount(columns.points)} points from ${formatFigure(means[0])} to ${formatFigure(means.at(-1))}, between ${formatFigure(least)} and ${formatFigure(most)}.`;
  });
  return `${metric}. ${told.join(' ')}`;
}
