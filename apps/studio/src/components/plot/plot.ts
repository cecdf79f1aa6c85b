/**
 * uPlot with the page's colours: several curves, each with steps of its own, on one pair of axes. New points
 * go into the plot that is there; it is made anew only when its curves, axes or colours change.
 */
import uPlot from 'uplot';
import { formatFigure } from '../format.js';
import { type PlotMarker, type PlotSeries, positive } from './plot-series.js';

export interface PlotRange {
  readonly from: number;
  readonly to: number;
}

export interface PlotContent {
  readonly series: readonly PlotSeries[];
  readonly markers: readonly PlotMarker[];
  readonly logX: boolean;
  readonly logY: boolean;
  readonly range: PlotRange | undefined;
}

export interface UnderCursor {
  readonly x: number;
  readonly values: { readonly label: string; readonly colour: string; readonly value: number }[];
}

export interface PlotOptions {
  readonly height: number;
  /** Of values on the y axis. */
  readonly format: (value: number) => string;
  readonly onRange: (range: PlotRange | undefined) => void;
  readonly onCursor: (under: UnderCursor | undefined) => void;
}

export class Plot {
  readonly #frame: HTMLElement;
  readonly #options: PlotOptions;
  readonly #resized: ResizeObserver;
  #content: PlotContent = { series: [], markers: [], logX: false, logY: false, range: undefined };
  #plot: uPlot | undefined;
  #made = '';

  constructor(frame: HTMLElement, options: PlotOptions) {
    this.#frame = frame;
    this.#options = options;
    this.#resized = new ResizeObserver(() => {
      const width = frame.clientWidth;
      if (width > 0) this.#plot?.setSize({ width, height: options.height });
    });
    this.#resized.observe(frame);
  }

  draw(content: PlotContent): void {
    const before = this.#content;
    this.#content = content;
    const isMoved =
      this.#plot !== undefined &&
      content.series === before.series &&
      content.markers === before.markers &&
      content.logX === before.logX &&
      content.logY === before.logY &&
      content.range !== before.range;
    if (isMoved) {
      this.#show(content.range);
      return;
    }
    const colours = coloursOf(content.series);
    // Whatever the plot is made of but its points.
    const made = JSON.stringify([
      content.series.map(({ label, isFaint, band }) => [label, isFaint, band !== undefined]),
      [content.logX, content.logY, colours],
    ]);
    const data = dataOf(content);
    if (this.#plot === undefined || made !== this.#made) {
      this.#plot?.destroy();
      this.#plot = new uPlot(this.#optionsOf(content, colours), data, this.#frame);
      this.#made = made;
    } else {
      this.#plot.setData(data, false);
    }
    this.#show(content.range);
  }

  /** The range that is seen, moved by a share of itself and made so many times as wide. */
  moved(share: number, factor: number): PlotRange | undefined {
    const { min, max } = this.#plot?.scales.x ?? {};
    if (min == null || max == null) return undefined;
    const width = (max - min) * factor;
    const middle = (min + max) / 2 + (max - min) * share;
    return { from: middle - width / 2, to: middle + width / 2 };
  }

  destroy(): void {
    this.#resized.disconnect();
    this.#plot?.destroy();
  }

  #show(range: PlotRange | undefined): void {
    const x = this.#plot?.data[0] ?? [];
    const { from, to } = range ?? { from: x[0] ?? 0, to: x.at(-1) ?? 1 };
    this.#plot?.setScale('x', wideEnough(from, to));
  }

  #optionsOf({ series, logX, logY }: PlotContent, colours: Colours): uPlot.Options {
    const axis: uPlot.Axis = {
      stroke: colours.soft,
      grid: { stroke: colours.line, width: 1 },
      ticks: { stroke: colours.line, width: 1 },
      font: '12px system-ui, sans-serif',
    };
    const drawn: uPlot.Series[] = [{}];
    const bands: uPlot.Band[] = [];
    for (const [at, { isFaint = false, band }] of series.entries()) {
      const stroke = colours.series[at]!;
      drawn.push({
        stroke,
        width: isFaint ? 1 : 2,
        alpha: isFaint ? 0.35 : 1,
        spanGaps: true,
        points: { show: false },
      });
      if (band === undefined) continue;
      const edge: uPlot.Series = { stroke: 'transparent', width: 0, spanGaps: true, points: { show: false } };
      bands.push({ series: [drawn.length + 1, drawn.length], fill: withAlpha(stroke) });
      drawn.push(edge, edge);
    }
    return {
      width: Math.max(100, this.#frame.clientWidth),
      height: this.#options.height,
      legend: { show: false },
      cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
      scales: { x: { time: false, distr: logX ? 3 : 1 }, y: { distr: logY ? 3 : 1 } },
      axes: [
        { ...axis, size: 28, values: figures(formatFigure) },
        { ...axis, size: 64, values: figures(this.#options.format) },
      ],
      series: drawn,
      bands,
      hooks: {
        setSelect: [(plot) => this.#selected(plot)],
        setCursor: [(plot) => this.#pointed(plot)],
        drawClear: [(plot) => this.#drawMarkers(plot, colours)],
        ready: [
          (plot) =>
            plot.over.addEventListener('dblclick', () => {
              this.#options.onRange(undefined);
            }),
        ],
      },
    };
  }

  #selected(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 4) return;
    this.#options.onRange({ from: plot.posToVal(left, 'x'), to: plot.posToVal(left + width, 'x') });
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }

  #pointed(plot: uPlot): void {
    const { idx, left } = plot.cursor;
    if (idx == null || left == null || left < 0) {
      this.#options.onCursor(undefined);
      return;
    }
    const values: { label: string; colour: string; value: number }[] = [];
    let column = 0;
    for (const { label, colour, isFaint, band } of this.#content.series) {
      column++;
      const value = isFaint === true ? undefined : nearest(plot.data[column]!, idx);
      if (value !== undefined) values.push({ label, colour, value });
      if (band !== undefined) column += 2;
    }
    this.#options.onCursor({ x: plot.data[0][idx]!, values });
  }

  #drawMarkers(plot: uPlot, colours: Colours): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.lineWidth = 1;
    for (const { x, kind } of this.#content.markers) {
      const at = Math.round(plot.valToPos(x, 'x', true)) + 0.5;
      if (!(at >= bbox.left && at <= bbox.left + bbox.width)) continue;
      ctx.strokeStyle = kind === 'warning' ? colours.bad : colours.soft;
      ctx.setLineDash(kind === 'warning' ? [] : [2, 4]);
      ctx.beginPath();
      ctx.moveTo(at, bbox.top);
      ctx.lineTo(at, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  }
}

/** Between two equal ends uPlot looks for marks without end: a curve of one point has some room around it. */
function wideEnough(from: number, to: number): { readonly min: number; readonly max: number } {
  const least = Math.max(1e-9, Math.abs(from) * 1e-12);
  return to - from > least ? { min: from, max: to } : { min: from - 0.5, max: to + 0.5 };
}

const figures =
  (format: (value: number) => string): uPlot.Axis.DynamicValues =>
  (_, values) =>
    values.map((value) => (value === null ? '' : format(value)));

/** Curves have steps of their own: where one has none its last value still holds. */
function nearest(values: ArrayLike<number | null | undefined>, at: number): number | undefined {
  for (let index = at; index >= 0 && index > at - 2000; index--) {
    const value = values[index];
    if (typeof value === 'number') return value;
  }
  return undefined;
}

function dataOf({ series, logX, logY }: PlotContent): uPlot.AlignedData {
  const onAxis = logY ? positive : (values: readonly (number | null)[]) => values;
  const tables = series.map(({ x, y, band }): uPlot.AlignedData => {
    const kept = logX ? x.map((value) => value > 0) : undefined;
    const column = (values: readonly (number | null)[]): (number | null)[] =>
      onAxis(values).filter((_, at) => kept?.[at] ?? true);
    return [
      x.filter((_, at) => kept?.[at] ?? true),
      ...[y, ...(band === undefined ? [] : [band.least, band.most])].map(column),
    ] as uPlot.AlignedData;
  });
  return tables.length === 0 ? [[]] : tables.length === 1 ? tables[0]! : uPlot.join(tables);
}

interface Colours {
  readonly soft: string;
  readonly line: string;
  readonly bad: string;
  readonly series: readonly string[];
}

function coloursOf(series: readonly PlotSeries[]): Colours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return {
    soft: colour('--soft-ink'),
    line: colour('--line'),
    bad: colour('--bad'),
    series: series.map((each) => colour(each.colour)),
  };
}

/** Of a colour as tokens.css writes them: #rrggbb. */
const withAlpha = (colour: string): string => `${colour}33`;
