/**
 * Line and bar plots as self-contained SVG text: enough for loss curves, rewards and a funnel. Colours are
 * CSS variables of the page around it, so that plots follow its light or dark theme.
 */
import { formatCount, formatMetric } from '../terminal/format.js';

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

const width = 640;
const height = 300;
const margin = { top: 34, right: 16, bottom: 46, left: 70 };

export function linePlot({ title, xLabel, yLabel, series, yRange }: LinePlotOptions): string {
  const drawn = series
    .map((one, index) => ({
      ...one,
      color: one.color ?? index,
      points: one.points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)),
    }))
    .filter((one) => one.points.length > 0);
  const all = drawn.flatMap((one) => one.points);
  if (all.length === 0) return '';
  const [x0, x1] = extent(all.map(([x]) => x));
  const [y0, y1] = yRange ?? padded(extent(all.map(([, y]) => y)));
  const x = (value: number): number =>
    margin.left + ((value - x0) / (x1 - x0 || 1)) * (width - margin.left - margin.right);
  const y = (value: number): number =>
    height - margin.bottom - ((value - y0) / (y1 - y0 || 1)) * (height - margin.top - margin.bottom);
  const yTicks = ticks(y0, y1, 5);
  const xTicks = ticks(x0, x1, 6);
  const lines = drawn.map(({ points, color, faint }) => {
    const places = points.map(([px, py]) => [x(px).toFixed(1), y(py).toFixed(1)] as const);
    const path = places.map((place) => place.join(',')).join(' ');
    const line = `<polyline points="${path}" fill="none" stroke="var(--series-${color})" stroke-width="${faint ? 1 : 2}"${faint ? ' opacity="0.35"' : ''}/>`;
    // Few measurements are shown as such.
    const dots = places.map(
      ([px, py]) => `<circle cx="${px}" cy="${py}" r="3" fill="var(--series-${color})"/>`,
    );
    return points.length <= 8 && !faint ? line + dots.join('') : line;
  });
  let legendX = width - margin.right;
  const legend = drawn
    .filter(({ faint }) => !faint)
    .reverse()
    .map(({ name, color }) => {
      legendX -= name.length * 8 + 26;
      return `<rect x="${legendX}" y="14" width="10" height="10" fill="var(--series-${color})"/><text x="${legendX + 14}" y="23">${escapeMarkup(name)}</text>`;
    });
  return framed(title, [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(title)}" xmlns="http://www.w3.org/2000/svg">`,
    `<text x="${margin.left}" y="23" class="plot-title">${escapeMarkup(title)}</text>`,
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
    '</svg>',
  ]);
}

/** Scrolls where the page is narrower than its text could be read, by keyboard, too. */
const framed = (title: string, svg: readonly string[]): string =>
  `<div class="plot" role="region" aria-label="${escapeMarkup(title)}, plotted" tabindex="0">${svg.join('\n')}</div>`;

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Text after the bar; default the value. */
  readonly note?: string | undefined;
}

/** Horizontal bars on a common scale; `scale` is the value of a full bar, default the largest. */
export function barPlot(title: string, bars: readonly Bar[], scale?: number): string {
  const row = 26;
  const left = 170;
  const right = 150;
  const tall = 40 + bars.length * row;
  const most = scale ?? Math.max(1, ...bars.map(({ value }) => value));
  return framed(title, [
    `<svg viewBox="0 0 ${width} ${tall}" role="img" aria-label="${escapeMarkup(title)}" xmlns="http://www.w3.org/2000/svg">`,
    `<text x="8" y="23" class="plot-title">${escapeMarkup(title)}</text>`,
    ...bars.map(({ label, value, note }, index) => {
      const top = 36 + index * row;
      const long = Math.max(1, (value / most) * (width - left - right));
      return `<text x="${left - 8}" y="${top + 14}" text-anchor="end">${escapeMarkup(label)}</text><rect x="${left}" y="${top + 2}" width="${long.toFixed(1)}" height="${row - 8}" fill="var(--series-0)"/><text x="${(left + long + 6).toFixed(1)}" y="${top + 14}">${escapeMarkup(note ?? formatCount(value))}</text>`;
    }),
    '</svg>',
  ]);
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
