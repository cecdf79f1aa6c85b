/**
 * `report.json`: the figures of a run, assembled from the stages' markers and the log. Everything in it but
 * what `StageCost` holds and `tokensPerSecond` is the same for every run with the same
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
import type { RlSummary, StageSummaries } from '../stages/summaries.js';

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
  /** Of the stages that are complete. */
  readonly stages: {
    readonly [Name in keyof StageSummaries]?: Reported<StageSummaries[Name], Name> | undefined;
  };
  readonly curves: Readonly<Record<'pretrain' | 'sft' | 'rl' | 'control', readonly Curve[]>>;
}

type Reported<Summary, Name> = Summary &
  StageCost &
  (Name extends 'pretrain' | 'sft'
    ? { readonly tokensPerSecond: number }
    : Name extends 'rl'
      ? {
          /** That of `accuracyAfter`. */
          readonly interval: RlSummary['intervalAfter'];
          readonly controlBefore: number | null;
          readonly controlAfter: number | null;
        }
      : unknown);

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
  const costs: StageCost[] = [];
  const complete = async <Name extends keyof StageSummaries>(
    name: Name,
  ): Promise<(StageSummaries[Name] & StageCost) | undefined> => {
    const state = await readStageState<StageSummaries[Name]>(store, name);
    if (state === undefined) return undefined;
    const cost = costOfStage(events, name);
    costs.push(cost);
    return state.summary && { ...state.summary, ...cost };
  };
  const speed = (name: string): { tokensPerSecond: number } => ({
    tokensPerSecond: medianSpeed(events, name),
  });
  const crawl = await complete('crawl');
  const data = await complete('data');
  const tokenizer = await complete('tokenizer');
  const pretrain = await complete('pretrain');
  const sft = await complete('sft');
  const rl = await complete('rl');
  const control = await complete('control');
  return {
    kind: 'llm/run-report',
    version: 1,
    options: readRunConfig(directory) ?? null,
    complete: control !== undefined,
    wallSeconds: round(costs.reduce((sum, cost) => sum + cost.wallSeconds, 0)),
    peakMemoryBytes: costs.reduce((most, cost) => Math.max(most, cost.peakMemoryBytes), 0),
    stages: {
      crawl,
      data,
      tokenizer,
      pretrain: pretrain && { ...pretrain, ...speed('pretrain') },
      sft: sft && { ...sft, ...speed('sft') },
      rl: rl && {
        ...rl,
        interval: rl.intervalAfter,
        controlBefore: control?.accuracyBefore ?? null,
        controlAfter: control?.accuracyAfter ?? null,
      },
      control,
    },
    curves: {
      pretrain: curvesOf(events, 'pretrain'),
      sft: curvesOf(events, 'sft'),
      rl: curvesOf(events, 'rl'),
      control: curvesOf(events, 'control'),
    },
  };
}

const round = (seconds: number): number => Math.round(seconds * 1000) / 1000;

function curvesOf(events: readonly LoggedEvent[], stage: string): Curve[] {
  return curveMetrics.flatMap((metric) => {
    const points = metricsOfStage(events, stage, metric);
    if (points.length === 0) return [];
    return [
      {
        metric,
        steps: points.map(({ step }) => step),
        values: points.map(({ values }) => values[metric]!),
      },
    ];
  });
}

/** Median over the steps, so that a pause or another program at work does not count. */
function medianSpeed(events: readonly LoggedEvent[], stage: string): number {
  const speeds = metricsOfStage(events, stage, 'tokens_per_second')
    .map(({ values }) => values.tokens_per_second!)
    .sort((a, b) => a - b);
  return Math.round(speeds[Math.floor(speeds.length / 2)] ?? 0);
}
