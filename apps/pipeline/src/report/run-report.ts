/**
 * `report.json`: the figures of a run, assembled from the stages' markers and the log. Everything in it but
 * `wallSeconds`, `peakMemoryBytes`, `sessions` and `tokensPerSecond` is the same for every run with the same
 * options, interrupted or not.
 */
import { DirectoryStore } from '@llm/core/node';
import type { PipelineOptions } from '../options.js';
import {
  costOfStage,
  type LoggedEvent,
  metricsOfStage,
  readEventLog,
  type StageCost,
} from '../run/event-log.js';
import { readRunConfig } from '../run/run-config.js';
import { readStageState } from '../run/stage-state.js';
import type {
  ControlSummary,
  CrawlSummary,
  DataSummary,
  PretrainSummary,
  RlSummary,
  SftSummary,
  TokenizerSummary,
} from '../stages/summaries.js';

export interface Curve {
  readonly metric: string;
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

export interface RunReport {
  readonly kind: 'llm/run-report';
  readonly version: 1;
  readonly options: PipelineOptions | null;
  /** Every stage up to the control is done. */
  readonly complete: boolean;
  readonly wallSeconds: number;
  readonly peakMemoryBytes: number;
  readonly stages: {
    readonly crawl?: (CrawlSummary & StageCost) | undefined;
    readonly data?: (DataSummary & StageCost) | undefined;
    readonly tokenizer?: (TokenizerSummary & StageCost) | undefined;
    readonly pretrain?: (PretrainSummary & StageCost & { readonly tokensPerSecond: number }) | undefined;
    readonly sft?: (SftSummary & StageCost & { readonly tokensPerSecond: number }) | undefined;
    readonly rl?:
      | (RlSummary &
          StageCost & {
            /** That of `accuracyAfter`. */
            readonly interval: readonly [number, number];
            readonly controlBefore: number | null;
            readonly controlAfter: number | null;
          })
      | undefined;
    readonly control?: (ControlSummary & StageCost) | undefined;
  };
  readonly curves: Readonly<Record<'pretrain' | 'sft' | 'rl' | 'control', readonly Curve[]>>;
}

/** Folder of the run, name in the report. */
const reported = [
  ['crawl', 'crawl'],
  ['data', 'data'],
  ['tokenizer', 'tokenizer'],
  ['base', 'pretrain'],
  ['sft', 'sft'],
  ['rl', 'rl'],
  ['control', 'control'],
] as const;

/** Metrics a rerun reproduces; those about time stay in the log. */
const curveMetrics = [
  'loss',
  'eval_loss',
  'bits_per_byte',
  'grad_norm',
  'learning_rate',
  'num_tokens',
  'reward',
  'reward_std',
  'frac_reward_zero_std',
  'entropy',
  'kl',
  'tools/call_frequency',
  'completions/mean_length',
  'completions/format_valid',
];

export async function buildReport(directory: string): Promise<RunReport> {
  const store = new DirectoryStore(directory);
  const events = readEventLog(directory);
  const stages: Record<string, object> = {};
  const costs: StageCost[] = [];
  for (const [folder, name] of reported) {
    const state = await readStageState(store, folder);
    if (state === undefined) continue;
    const cost = costOfStage(events, folder);
    costs.push(cost);
    if (state.status !== 'complete') continue;
    const speed =
      name === 'pretrain' || name === 'sft' ? { tokensPerSecond: medianSpeed(events, folder) } : {};
    stages[name] = { ...state.summary, ...speed, ...cost };
  }
  const { rl, control } = stages as RunReport['stages'];
  if (rl !== undefined) {
    stages.rl = {
      ...rl,
      interval: rl.intervalAfter,
      controlBefore: control?.accuracyBefore ?? null,
      controlAfter: control?.accuracyAfter ?? null,
    };
  }
  return {
    kind: 'llm/run-report',
    version: 1,
    options: readRunConfig(directory) ?? null,
    complete: control !== undefined,
    wallSeconds: round(costs.reduce((sum, cost) => sum + cost.wallSeconds, 0)),
    peakMemoryBytes: costs.reduce((most, cost) => Math.max(most, cost.peakMemoryBytes), 0),
    stages,
    curves: {
      pretrain: curvesOf(events, 'base'),
      sft: curvesOf(events, 'sft'),
      rl: curvesOf(events, 'rl'),
      control: curvesOf(events, 'control'),
    },
  };
}

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;

function curvesOf(events: readonly LoggedEvent[], folder: string): Curve[] {
  return curveMetrics.flatMap((metric) => {
    const points = metricsOfStage(events, folder, metric);
    if (points.length === 0) return [];
    return [
      {
        metric,
        steps: points.map(({ step }) => step),
        values: points.map(({ values }) => values[metric] as number),
      },
    ];
  });
}

/** Median over the steps, so that a pause or another program at work does not count. */
function medianSpeed(events: readonly LoggedEvent[], folder: string): number {
  const speeds = metricsOfStage(events, folder, 'tokens_per_second')
    .map(({ values }) => values.tokens_per_second as number)
    .sort((a, b) => a - b);
  return Math.round(speeds[Math.floor(speeds.length / 2)] ?? 0);
}
