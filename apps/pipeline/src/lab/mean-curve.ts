/** Curves of several seeds as the points of one plotted line. */

/**
 * `curves`: one a seed, a value a step from step 1. The mean over seeds, each point the mean of the last
 * `window` steps.
 */
export function meanCurve(
  curves: readonly (readonly number[])[],
  window: number,
): (readonly [step: number, value: number])[] {
  const steps = Math.min(...curves.map(({ length }) => length));
  if (!Number.isFinite(steps)) return [];
  return Array.from({ length: steps }, (_, i) => {
    const values = curves.flatMap((curve) => curve.slice(Math.max(0, i - window + 1), i + 1));
    return [i + 1, values.reduce((sum, value) => sum + value, 0) / values.length] as const;
  });
}
