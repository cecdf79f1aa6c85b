/** How the plots are drawn, as the address has it. */
import type { XAxis } from '../../components/plot/plot-series.js';

export interface PlotLook {
  readonly axis: XAxis;
  /** 0 to 0.99. */
  readonly smoothing: number;
  readonly logX: boolean;
  readonly logY: boolean;
}

export function plotLook(query: URLSearchParams): PlotLook {
  const smoothing = Number(query.get('smooth') ?? 0);
  return {
    axis: query.get('x') === 'time' ? 'time' : 'step',
    smoothing: smoothing >= 0 && smoothing < 1 ? smoothing : 0,
    logX: query.has('logx'),
    logY: query.has('logy'),
  };
}
