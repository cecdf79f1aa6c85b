/** `report.md`: the run as tables, readable in a terminal or on a code host. */
import { formatBytes, formatCount, formatMetric, formatPercent, formatSeconds } from '../terminal/format.js';
import { claimRows } from './claim-lines.js';
import { markdownText } from './markdown-text.js';
import {
  conversationLines,
  groundTruthLines,
  inputLine,
  reasons,
  sharedLines,
  stageRows,
  usedProcessors,
} from './report-lines.js';
import type { RunReport } from './run-report.js';
import { sampleTable } from './sample-table.js';

export function markdownReport(report: RunReport): string {
  return [
    '# Run report',
    '',
    ...headings(report),
    ...stageTable(report),
    ...dataSection(report),
    ...modelSection(report),
    ...claimSection(report),
    ...samplesSection(report),
  ].join('\n');
}

function headings(report: RunReport): string[] {
  const { complete, wallSeconds, peakMemoryBytes } = report;
  return [
    `${markdownText(inputLine(report))} ${complete ? 'Complete' : 'Not finished'}: ${formatSeconds(wallSeconds)}, at most ${formatBytes(peakMemoryBytes)} of memory.`,
    '',
    ...sharedLines(report).flatMap((line) => [markdownText(line), '']),
  ];
}

function stageTable(report: RunReport): string[] {
  return [
    '| stage | result | time | processors | peak memory |',
    '|---|---|---:|---:|---:|',
    ...stageRows(report).map(
      ({ stage, result, cost }) =>
        `| ${stage} | ${markdownText(result)} | ${formatSeconds(cost.wallSeconds)} | ${usedProcessors(cost)} | ${formatBytes(cost.peakMemoryBytes)} |`,
    ),
    '',
    ...conversationLines(report).flatMap((line) => [markdownText(line), '']),
  ];
}

function dataSection({ stages: { data } }: RunReport): string[] {
  if (data === undefined) return [];
  return [
    '## Data',
    '',
    '| step | entered | left | dropped, by reason |',
    '|---|---:|---:|---|',
    ...data.funnel.map(
      ({ step, entered, left, dropped }) =>
        `| ${markdownText(step)} | ${formatCount(entered)} | ${formatCount(left)} | ${markdownText(reasons(dropped))} |`,
    ),
    '',
    ...groundTruthLines(data).map(markdownText),
    '',
  ];
}

function modelSection({ stages: { pretrain, sft, rl, control } }: RunReport): string[] {
  const rows: (readonly [string, string, string])[] = [];
  if (pretrain)
    rows.push([
      'base: bits per byte',
      formatMetric(pretrain.bitsPerByteBefore),
      formatMetric(pretrain.bitsPerByteAfter),
    ]);
  if (sft)
    rows.push(
      ['SFT: held-out loss', formatMetric(sft.heldOutLossBefore), formatMetric(sft.heldOutLossAfter)],
      ['SFT: well-formed answers', formatPercent(sft.formatValidBefore), formatPercent(sft.formatValidAfter)],
      [
        `SFT: right answers to ${sft.sums} held-out sums`,
        formatPercent(sft.rightSumsBefore),
        formatPercent(sft.rightSumsAfter),
      ],
      ...(sft.rightFactsBefore === null || sft.rightFactsAfter === null
        ? []
        : [
            [
              `SFT: right answers to ${sft.facts} held-out questions about facts`,
              formatPercent(sft.rightFactsBefore),
              formatPercent(sft.rightFactsAfter),
            ] as const,
          ]),
    );
  for (const [name, stage] of [
    ['RL', rl],
    ['control', control],
  ] as const) {
    if (stage)
      rows.push(
        [
          `${name}: accuracy, greedy (95 %)`,
          `${formatPercent(stage.accuracyBefore)} (${stage.intervalBefore.map(formatPercent).join(' to ')})`,
          `${formatPercent(stage.accuracyAfter)} (${stage.intervalAfter.map(formatPercent).join(' to ')})`,
        ],
        [
          `${name}: accuracy of samples at temperature 1`,
          formatPercent(stage.sampledAccuracyBefore),
          formatPercent(stage.sampledAccuracyAfter),
        ],
        [
          `${name}: answers that call the tool`,
          formatPercent(stage.toolCallRateBefore),
          formatPercent(stage.toolCallRateAfter),
        ],
      );
  }
  if (rows.length === 0) return [];
  return [
    '## Models',
    '',
    ...(pretrain
      ? [
          `${formatCount(pretrain.parameters)} parameters, trained on ${formatCount(pretrain.trainedTokens)} tokens of a corpus of ${formatCount(pretrain.corpusTokens)}.`,
          '',
        ]
      : []),
    '| | before | after |',
    '|---|---:|---:|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
  ];
}

function claimSection(report: RunReport): string[] {
  const rows = claimRows(report);
  if (rows.length === 0) return [];
  return [
    '## What the models can do',
    '',
    '| held-out questions | share | 95 % | n |',
    '|---|---:|---:|---:|',
    ...rows.map(({ claim, share, interval, n }) => `| ${claim} | ${share} | ${interval} | ${n} |`),
    '',
  ];
}

function samplesSection(report: RunReport): string[] {
  const { models, rows } = sampleTable(report);
  if (rows.length === 0) return [];
  return [
    '## The same prompts, model by model',
    '',
    `| prompt | ${models.join(' | ')} |`,
    `|---|${models.map(() => '---|').join('')}`,
    ...rows.map(({ prompt, answers }) => `| ${[prompt, ...answers].map(markdownText).join(' | ')} |`),
    '',
  ];
}
