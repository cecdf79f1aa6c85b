/** A curve as it is drawn: from buckets of a run to points, on the axes that were chosen. */
import type { CurveColumns } from '@llm/core';

export interface PlotSeries {
  readonly label: string;
  /** Name of a custom property: `--series-1`. */
  readonly colour: string;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  /** Least and most of each bucket, drawn as a band; absent where every point is there by itself. */
  readonly band?: { readonly least: readonly (number | null)[]; readonly most: readonly (number | null)[] };
  /** Drawn thin, behind: the measurements that a smoothed curve is made of. */
  readonly isFaint?: boolean;
}

export interface PlotMarker {
  readonly x: number;
  readonly label: string;
  readonly kind: 'checkpoint' | 'warning';
}

export type XAxis = 'step' | 'time';

export interface CurveLook {
  readonly label: string;
  readonly colour: string;
  readonly axis: XAxis;
  /** Milliseconds since the epoch; what `time` counts seconds from. */
  readonly startedAt: number;
  /** Share of the mean so far in each smoothed point: 0 (none) to below 1. */
  readonly smoothing: number;
  /** Default true: least and most of merged points are drawn. */
  readonly hasBand?: boolean;
}

/** The measurements, behind them where they are smoothed. */
export function curveSeries(columns: CurveColumns, look: CurveLook): PlotSeries[] {
  const { label, colour, axis, startedAt, smoothing, hasBand = true } = look;
  const x = axis === 'step' ? columns.step : columns.time.map((time) => (time - startedAt) / 1000);
  const band =
    hasBand && columns.pointsPerBucket > 1 ? { least: columns.least, most: columns.most } : undefined;
  const measured: PlotSeries = { label, colour, x, y: columns.mean, ...(band && { band }) };
  if (smoothing === 0) return [measured];
  return [
    { ...measured, isFaint: true },
    { label, colour, x, y: smoothed(columns.mean, smoothing) },
  ];
}

/**
 * The exponential moving average that TensorBoard draws: each mean is divided by the weight it has gathered,
 * so that the first points are not drawn towards zero. What is no number stays a gap and changes nothing.
 */
export function smoothed(values: readonly (number | null)[], weight: number): (number | null)[] {
  let mean = 0;
  let gathered = 0;
  return values.map((value) => {
    if (value === null) return null;
    mean = mean * weight + value * (1 - weight);
    gathered = gathered * weight + (1 - weight);
    return mean / gathered;
  });
}

/** What a logarithmic axis has no place for becomes a gap. */
export function positive(values: readonly (number | null)[]): (number | null)[] {
  return values.map((value) => (value !== null && value > 0 ? value : null));
}
