/** `report.html` of an experiment: one file with its plots inside, nothing loaded from anywhere. */
import type { LabMeasure, LabPlot, LabReport } from '@llm/studio/wire';
import { pageStyle } from '../report/page-style.js';
import { barPlot, escapeMarkup as escaped, linePlot, type Plot, plotInPage } from '../report/svg-plot.js';
import { formatCount } from '../terminal/format.js';
import { shownInterval, shownValue } from './shown-value.js';

export function labPage(report: LabReport): string {
  const { title, claim, seeds, done, measures, checks, plots, samples, shows, doesNotShow, mirrors, tryIt } =
    report;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title><style>${pageStyle}</style></head><body><main>`,
    `<h1>${escaped(title)}</h1>`,
    `<p>${escaped(claim)}</p>`,
    '<h2>What came out</h2>',
    list(checks.map(({ expected, measured, met }) => `${met ? '✓' : '✗'} ${expected}: ${measured}`)),
    '<div class="plots">',
    ...drawnPlots(plots).map((plot) => `<div>${plotInPage(plot)}</div>`),
    '</div>',
    '<h2>What was done</h2>',
    ...done.map((text) => `<p>${escaped(text)}</p>`),
    `<p class="pale">Seeds ${seeds.join(', ')}; each is a training of its own.</p>`,
    '<h2>Measures</h2>',
    table(
      'Measures',
      ['what', 'of', 'value', '95 % interval', 'n', ...seeds.map((seed) => `seed ${seed}`)],
      measures.map((measure) => [
        measure.name,
        measure.arm,
        shownValue(measure.value, measure.unit),
        shownInterval(measure),
        formatCount(measure.n),
        ...seeds.map((_, i) => seedValue(measure, i)),
      ]),
      2,
    ),
    ...(samples.length > 0
      ? [
          '<h2>Word for word</h2>',
          table(
            'Word for word',
            ['of', 'question', 'answer', ''],
            samples.map(({ arm, system, prompt, answer, right }) => [
              arm,
              system === undefined ? prompt : `${system} | ${prompt}`,
              answer,
              right === null ? '' : right ? '✓' : '✗',
            ]),
          ),
        ]
      : []),
    '<h2>What it shows</h2>',
    list(shows),
    '<h2>What it does not show</h2>',
    list(doesNotShow),
    '<h2>The published result it mirrors</h2>',
    list(mirrors.map(({ source, finding }) => `${source}: ${finding}`)),
    '<h2>Try it yourself</h2>',
    ...tryIt.map(({ command, what }) => `<p><code>${escaped(command)}</code><br>${escaped(what)}</p>`),
    '</main></body></html>',
    '',
  ].join('\n');
}

/** Without those that have no point to draw. */
export const drawnPlots = (plots: readonly LabPlot[]): Plot[] =>
  plots.map(drawnPlot).filter((plot) => plot !== undefined);

function drawnPlot(plot: LabPlot): Plot | undefined {
  if (plot.kind === 'lines') return linePlot(plot);
  const { title, unit, bars } = plot;
  const scale = plot.scale ?? (unit === 'share' ? 1 : undefined);
  return barPlot(
    title,
    bars.map(({ label, value, interval }) => ({
      label,
      value,
      note: [shownValue(value, unit), interval && `(${shownInterval({ unit, interval })})`]
        .filter(Boolean)
        .join(' '),
    })),
    scale,
  );
}

function seedValue({ bySeed, unit }: LabMeasure, index: number): string {
  const value = bySeed[index];
  return value === undefined ? '' : shownValue(value, unit);
}

function list(lines: readonly string[]): string {
  return `<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`;
}

/** Columns from `numbersFrom` on are numbers. */
function table(
  name: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbersFrom = Number.POSITIVE_INFINITY,
): string {
  const kind = (column: number): string => (column >= numbersFrom ? ' class="number"' : ' class="said"');
  const row = (cells: readonly string[], tag: 'th' | 'td'): string =>
    `<tr>${cells.map((cell, column) => `<${tag}${kind(column)}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="scroll" role="region" aria-label="${escaped(name)}" tabindex="0"><table><thead>${row(head, 'th')}</thead><tbody>${rows.map((cells) => row(cells, 'td')).join('')}</tbody></table></div>`;
}
