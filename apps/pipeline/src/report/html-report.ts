/** `report.html`: one file with its plots inside, nothing loaded from anywhere. */
import { formatBytes, formatCount, formatPercent, formatSeconds } from '../terminal/format.js';
import { claimRows } from './claim-lines.js';
import { pageStyle } from './page-style.js';
import {
  conversationLines,
  groundTruthLines,
  inputLine,
  reasons,
  sharedLines,
  stageRows,
  usedProcessors,
} from './report-lines.js';
import type { Curve, RunReport } from './run-report.js';
import { sampleTable } from './sample-table.js';
import { barPlot, escapeMarkup, linePlot, type Plot, plotInPage, type Series, smoothed } from './svg-plot.js';

export function htmlReport(report: RunReport): string {
  const { complete, wallSeconds, peakMemoryBytes, stages } = report;
  const { data } = stages;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Run report</title><style>${pageStyle}</style></head><body><main>`,
    '<h1>From a crawl to a chat: run report</h1>',
    `<p class="pale">${escapeMarkup(inputLine(report))} ${complete ? 'Complete' : 'Not finished'}: ${formatSeconds(wallSeconds)}, at most ${formatBytes(peakMemoryBytes)} of memory.</p>`,
    ...sharedLines(report).map((line) => `<p>${escapeMarkup(line)}</p>`),
    table(
      'Stage by stage',
      ['stage', 'result', 'time', 'processors', 'peak memory'],
      stageRows(report).map(({ stage, result, cost }) => [
        stage,
        result,
        formatSeconds(cost.wallSeconds),
        usedProcessors(cost),
        formatBytes(cost.peakMemoryBytes),
      ]),
      [2, 3, 4],
    ),
    ...conversationLines(report).map((line) => `<p>${escapeMarkup(line)}</p>`),
    ...(data
      ? [
          '<h2>Data: what was kept and what was dropped</h2>',
          '<div class="wide">',
          plotInPage(
            barPlot('Pages left after each step', [
              { label: 'crawled', value: data.pages },
              ...data.funnel.map(({ step, left }, index, funnel) => {
                const lost = (funnel[index - 1]?.left ?? data.pages) - left;
                return {
                  label: step,
                  value: left,
                  note: `${formatCount(left)}${lost > 0 ? ` (−${formatCount(lost)})` : ''}`,
                };
              }),
            ]),
          ),
          '</div>',
          table(
            'Steps of the data stage',
            ['step', 'entered', 'left', 'dropped, by reason'],
            data.funnel.map(({ step, entered, left, dropped }) => [
              step,
              formatCount(entered),
              formatCount(left),
              reasons(dropped),
            ]),
            [1, 2],
          ),
          ...groundTruthLines(data).map((line) => `<p>${escapeMarkup(line)}</p>`),
        ]
      : []),
    '<h2>Training</h2><div class="plots">',
    ...plots(report)
      .filter((plot) => plot !== undefined)
      .map(plotInPage),
    '</div>',
    ...claims(report),
    ...samples(report),
    '</main></body></html>',
    '',
  ].join('\n');
}

function plots({ curves, stages }: RunReport): (Plot | undefined)[] {
  const { rl, control } = stages;
  return [
    lossPlot('Base model: training loss', curves.pretrain),
    linePlot({
      title: 'Base model: held-out text',
      xLabel: 'step',
      yLabel: 'bits per byte',
      series: [{ name: 'bits per byte', points: points(curves.pretrain, 'bits_per_byte') }],
    }),
    lossPlot('SFT: training loss', curves.sft),
    linePlot({
      title: 'RL: mean reward of the rollouts',
      xLabel: 'step',
      yLabel: 'reward',
      yRange: [0, 1],
      series: [
        ...rewardSeries('RL', points(curves.rl, 'reward'), 0),
        ...rewardSeries('control', points(curves.control, 'reward'), 1),
      ],
    }),
    linePlot({
      title: 'RL: tool calls per answer',
      xLabel: 'step',
      yLabel: 'calls',
      series: [
        { name: 'RL', points: points(curves.rl, 'tools/call_frequency') },
        { name: 'control', points: points(curves.control, 'tools/call_frequency') },
      ],
    }),
    ...[['grad_norm', 'gradient norm'] as const, ['learning_rate', 'learning rate'] as const].map(
      ([metric, name]) =>
        linePlot({
          title: `RL: ${name}`,
          xLabel: 'step',
          yLabel: name,
          series: [
            { name: 'RL', points: points(curves.rl, metric) },
            { name: 'control', points: points(curves.control, metric) },
          ],
        }),
    ),
    ...(rl
      ? [
          barPlot(
            `Accuracy on ${formatCount(rl.n)} held-out prompts (greedy)`,
            [
              { label: 'before RL', ...percentBar(rl.accuracyBefore, rl.intervalBefore) },
              { label: 'after RL', ...percentBar(rl.accuracyAfter, rl.intervalAfter) },
              ...(control
                ? [{ label: 'random rewards', ...percentBar(control.accuracyAfter, control.intervalAfter) }]
                : []),
            ],
            100,
          ),
        ]
      : []),
  ];
}

function percentBar(value: number, interval: readonly number[]): { value: number; note: string } {
  return {
    value: value * 100,
    note: `${formatPercent(value)} (${interval.map((bound) => (bound * 100).toFixed(0)).join('–')})`,
  };
}

function points(curves: readonly Curve[], metric: string): (readonly [number, number])[] {
  const curve = curves.find((one) => one.metric === metric);
  return curve?.steps.map((step, index) => [step, curve.values[index]!] as const) ?? [];
}

function lossPlot(title: string, curves: readonly Curve[]): Plot | undefined {
  const raw = points(curves, 'loss');
  const held = points(curves, 'eval_loss');
  return linePlot({
    title,
    xLabel: 'step',
    yLabel: 'nats per token',
    series: [
      { name: 'each step', points: raw, color: 0, faint: true },
      { name: 'training', points: smoothed(raw, Math.max(1, Math.round(raw.length / 40))), color: 0 },
      { name: 'held out', points: held, color: 1 },
    ],
  });
}

function rewardSeries(name: string, raw: (readonly [number, number])[], color: number): Series[] {
  return [
    { name, points: raw, color, faint: true },
    { name, points: smoothed(raw, Math.max(1, Math.round(raw.length / 12))), color },
  ];
}

function claims(report: RunReport): string[] {
  const rows = claimRows(report);
  if (rows.length === 0) return [];
  return [
    '<h2>What the models can do</h2>',
    table(
      'What the models can do',
      ['held-out questions', 'share', '95 %', 'n'],
      rows.map(({ claim, share, interval, n }) => [claim, share, interval, formatCount(n)]),
      [1, 2, 3],
    ),
  ];
}

function samples(report: RunReport): string[] {
  const { models, rows } = sampleTable(report);
  if (rows.length === 0) return [];
  return [
    '<h2>The same prompts, model by model</h2>',
    '<p class="pale">The base model continues the prompt as a document; the others answer it as a user message.</p>',
    '<div class="scroll" role="region" aria-label="The same prompts, model by model" tabindex="0"><table><thead><tr>',
    ...['prompt', ...models].map((name) => `<th>${escapeMarkup(name)}</th>`),
    '</tr></thead><tbody>',
    ...rows.map(
      ({ prompt, answers }) =>
        `<tr>${[prompt, ...answers].map((text) => `<td class="said">${escapeMarkup(text)}</td>`).join('')}</tr>`,
    ),
    '</tbody></table></div>',
  ];
}

function table(
  name: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly number[],
): string {
  const kind = (column: number): string => (numbers.includes(column) ? ' class="number"' : '');
  return [
    `<div class="scroll" role="region" aria-label="${escapeMarkup(name)}" tabindex="0"><table><thead><tr>`,
    ...head.map((text, column) => `<th${kind(column)}>${escapeMarkup(text)}</th>`),
    '</tr></thead><tbody>',
    ...rows.map(
      (row) =>
        `<tr>${row.map((text, column) => `<td${kind(column)}>${escapeMarkup(text)}</td>`).join('')}</tr>`,
    ),
    '</tbody></table></div>',
  ].join('');
}
