/**
 * Line and bar plots as SVG text: enough for loss curves, rewards and a funnel. Colours are CSS variables of
 * the page around them, so that plots follow its light or dark theme; a file of its own brings them along.
 */
import { formatCount, formatMetric } from '../terminal/format.js';
import { plotStyle } from './page-style.js';

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Index into the page's colours `--series-0` …; default: position in the list. */
  readonly color?: number | undefined;
  /** Drawn thin and pale, e.g. the raw values behind a smoothed curve. */
  readonly faint?: boolean | undefined;
}

export interface LinePlotOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** Default: from the data. */
  readonly yRange?: readonly [number, number] | undefined;
}

export interface Plot {
  readonly title: string;
  /** From `<svg>` to `</svg>`. */
  readonly svg: string;
}

const width = 640;
const height = 320;
/** Title and legend have a line each above the plot. */
const margin = { top: 54, right: 16, bottom: 46, left: 70 };

/** Undefined where there is nothing to draw: no finite point. */
export function linePlot({ title, xLabel, yLabel, series, yRange }: LinePlotOptions): Plot | undefined {
  const curves = series
    .map((one, index) => ({
      ...one,
      color: one.color ?? index,
      points: one.points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)),
    }))
    .filter((one) => one.points.length > 0);
  const all = curves.flatMap((one) => one.points);
  if (all.length === 0) return undefined;
  const [x0, x1] = extent(all.map(([x]) => x));
  const [y0, y1] = yRange ?? padded(extent(all.map(([, y]) => y)));
  const x = (value: number): number =>
    margin.left + ((value - x0) / (x1 - x0 || 1)) * (width - margin.left - margin.right);
  const y = (value: number): number =>
    height - margin.bottom - ((value - y0) / (y1 - y0 || 1)) * (height - margin.top - margin.bottom);
  const yTicks = ticks(y0, y1, 5);
  const xTicks = ticks(x0, x1, 6);
  const lines = curves.map(({ points, color, faint }) => {
    const places = points.map(([px, py]) => [x(px).toFixed(1), y(py).toFixed(1)] as const);
    const path = places.map((place) => place.join(',')).join(' ');
    const line = `<polyline points="${path}" fill="none" stroke="var(--series-${color})" stroke-width="${faint ? 1 : 2}"${faint ? ' opacity="0.35"' : ''}/>`;
    // Few measurements are shown as such.
    const dots = places.map(
      ([px, py]) => `<circle cx="${px}" cy="${py}" r="3" fill="var(--series-${color})"/>`,
    );
    return points.length <= 8 && !faint ? line + dots.join('') : line;
  });
  let legendX = margin.left;
  const legend = curves
    .filter(({ faint }) => !faint)
    .map(({ name, color }) => {
      const at = legendX;
      legendX += name.length * 8 + 30;
      return `<rect x="${at}" y="34" width="10" height="10" fill="var(--series-${color})"/><text x="${at + 14}" y="43">${escapeMarkup(name)}</text>`;
    });
  return drawn(title, height, margin.left, [
    ...yTicks.map(
      (value) =>
        `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" class="grid"/><text x="${margin.left - 8}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end">${formatMetric(value)}</text>`,
    ),
    ...xTicks.map(
      (value) =>
        `<text x="${x(value).toFixed(1)}" y="${height - margin.bottom + 18}" text-anchor="middle">${formatMetric(value)}</text>`,
    ),
    `<text x="${(margin.left + width - margin.right) / 2}" y="${height - 6}" text-anchor="middle">${escapeMarkup(xLabel)}</text>`,
    `<text transform="translate(14 ${(margin.top + height - margin.bottom) / 2}) rotate(-90)" text-anchor="middle">${escapeMarkup(yLabel)}</text>`,
    ...lines,
    ...legend,
  ]);
}

function drawn(title: string, height: number, left: number, parts: readonly string[]): Plot {
  const name = escapeMarkup(title);
  const svg = [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${name}" xmlns="http://www.w3.org/2000/svg">`,
    `<text x="${left}" y="23" class="plot-title">${name}</text>`,
    ...parts,
    '</svg>',
  ].join('\n');
  return { title, svg };
}

/** In a page: scrolls where that is narrower than its text could be read, by keyboard, too. */
export const plotInPage = ({ title, svg }: Plot): string =>
  `<div class="plot" role="region" aria-label="${escapeMarkup(title)}, plotted" tabindex="0">${svg}</div>`;

/** As a file of its own, which any page can show as a picture. */
export function plotFile({ svg }: Plot): string {
  const start = svg.indexOf('>') + 1;
  const ground = '<rect width="100%" height="100%" fill="var(--paper)"/>';
  return `${svg.slice(0, start)}\n<style>${plotStyle}</style>${ground}${svg.slice(start)}\n`;
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Text after the bar; default the value. */
  readonly note?: string | undefined;
}

/** What fits before a bar; longer labels stand above theirs. */
const longestLabel = 22;

/** Horizontal bars on a common scale; `scale` is the value of a full bar, default the largest. */
export function barPlot(title: string, bars: readonly Bar[], scale?: number): Plot {
  const isAbove = bars.some(({ label }) => label.length > longestLabel);
  const [row, left] = isAbove ? [44, 8] : [26, 170];
  const right = 215;
  const tall = 40 + bars.length * row;
  const most = scale ?? Math.max(1, ...bars.map(({ value }) => value));
  return drawn(
    title,
    tall,
    8,
    bars.map(({ label, value, note }, index) => {
      const top = 36 + index * row;
      const base = top + (isAbove ? 18 : 0);
      const long = Math.max(1, (value / most) * (width - left - right));
      const place = isAbove ? `x="${left}"` : `x="${left - 8}" text-anchor="end"`;
      return `<text ${place} y="${top + 14}">${escapeMarkup(label)}</text><rect x="${left}" y="${base + 2}" width="${long.toFixed(1)}" height="18" fill="var(--series-0)"/><text x="${(left + long + 6).toFixed(1)}" y="${base + 15}">${escapeMarkup(note ?? formatCount(value))}</text>`;
    }),
  );
}

/** Trailing mean over `window` points, to see through the noise of single steps. */
export function smoothed(
  points: readonly (readonly [number, number])[],
  window: number,
): (readonly [number, number])[] {
  return points.map(([x], index) => {
    const part = points.slice(Math.max(0, index - window + 1), index + 1);
    return [x, part.reduce((sum, [, y]) => sum + y, 0) / part.length];
  });
}

export function escapeMarkup(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // Control characters a model may have written are not allowed in XML.
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to replace
      .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd')
  );
}

function extent(values: readonly number[]): [number, number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ];
}

function padded([low, high]: [number, number]): [number, number] {
  const room = (high - low || Math.abs(high) || 1) * 0.05;
  return [low >= 0 && low - room < 0 ? 0 : low - room, high + room];
}

/** Round numbers (1, 2, 5 × 10^n) between two bounds. */
export function ticks(low: number, high: number, about: number): number[] {
  const rough = (high - low || 1) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999) ?? rough;
  const result: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index++)
    result.push(Number((index * step).toPrecision(12)));
  return result;
}
