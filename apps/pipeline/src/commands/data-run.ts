/** `llm data run`: a plan, or one rank's share of it. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type ArtifactStore, LlmError, type RunEvent } from '@llm/core';
import { DirectoryStore, writeFileAtomic } from '@llm/core/node';
import {
  checkWritable,
  type DataInput,
  type DataPlan,
  loadDataPlan,
  openStore,
  type PhaseName,
  runDataPipeline,
} from '@llm/data/node';
import { type RecordFlags, recordOf } from '../explaining/recorded.js';
import { findInputs } from '../inputs/find-inputs.js';
import { isRemote } from '../inputs/is-remote.js';
import { formatBytes, formatCount, formatSeconds } from '../terminal/format.js';
import { listenForInterruption } from '../terminal/interruption.js';
import type { Output } from '../terminal/output.js';
import { jsonLine, shownLine } from '../terminal/shown-text.js';

export interface PlanFlags {
  readonly output?: string | undefined;
  readonly warc?: readonly string[] | undefined;
  readonly text?: readonly string[] | undefined;
  readonly jsonl?: readonly string[] | undefined;
  readonly textField?: string | undefined;
  readonly workers?: number | undefined;
}

export interface DataRunFlags extends PlanFlags, RecordFlags {
  readonly rank?: number | undefined;
  readonly world?: number | undefined;
  readonly phase?: PhaseName | undefined;
  readonly json?: boolean | undefined;
}

type Report = Awaited<ReturnType<typeof runDataPipeline>>;

export async function dataRun(module: string, flags: DataRunFlags, output: Output): Promise<void> {
  const { output: planned, inputs: plannedInputs, ...plan } = await loadDataPlan(module);
  const directory = flags.output ?? planned;
  if (directory === undefined)
    throw new LlmError({
      code: 'pipeline/output-missing',
      message: `Neither ${module} nor --output says where the output goes.`,
    });
  const place = isRemote(directory) ? directory.replace(/\/+$/, '') : resolve(directory);
  const store = await openRunStore(place);
  const { rank, world, phase } = flags;
  const isRank = rank !== undefined || phase !== undefined;
  const logs = isRemote(place) ? resolve('logs', basename(place)) : join(place, 'logs');
  const log = isRank ? rankLog(logs, phase ?? 'run', rank ?? 0) : () => undefined;
  const note = (line: string): void => void output.stderr.write(`${shownLine(line)}\n`);
  const interruption = listenForInterruption(() => note('stopping at the last checkpoint …'));
  const show =
    flags.json === true ? (event: RunEvent) => void output.stdout.write(jsonLine(event)) : shownEvents(note);
  let seconds: Record<string, number> = {};
  try {
    const report = await runDataPipeline({
      ...plan,
      ...{
        inputs: inputsOf(flags, plannedInputs),
        rank,
        world,
        phase,
        workers: flags.workers ?? plan.workers,
        record: recordOf(flags) ?? plan.record,
      },
      store,
      prefix: basename(place),
      signal: interruption.signal,
      onEvent: (event) => {
        if (event.type === 'metric' && Object.keys(event.values).some((name) => name.startsWith('seconds/')))
          seconds = event.values;
        log(event);
        show(event);
      },
    });
    if (isRank && report !== undefined && Object.keys(seconds).length > 0)
      await writeFileAtomic(
        join(logs, 'statistics.json'),
        `${JSON.stringify({ ...report, seconds }, undefined, 2)}\n`,
      );
    if (flags.json !== true) output.stdout.write(summary(report, place));
  } finally {
    interruption.dispose();
  }
}

/** Files, folders and patterns of the flags, or of the plan. Throws what `findInputs` does. */
function inputsOf(flags: PlanFlags, planned: DataPlan['inputs']): DataInput[] {
  const given = (['warc', 'text', 'jsonl'] as const).flatMap((kind) =>
    (flags[kind] ?? []).map(
      // A list of steps was given for what is named beside it.
      (path): DataInput => ({
        ...{ kind, path, quality: 'filter' },
        ...(kind === 'jsonl' && { field: flags.textField }),
      }),
    ),
  );
  return (given.length > 0 ? given : (planned ?? [])).flatMap((input): DataInput[] => {
    if (input.path.includes('://')) return [input];
    return findInputs(input.kind, [input.path], input.field).files.map(({ path }) => ({ ...input, path }));
  });
}

/**
 * The folder that the output is in: of this machine or a bucket. Throws `pipeline/output-invalid` for the
 * hub, where every checkpoint would be a commit.
 */
async function openRunStore(place: string): Promise<ArtifactStore> {
  if (!isRemote(place)) return new DirectoryStore(dirname(place));
  if (!/^s3:\/\/[^/]+\/./i.test(place))
    throw new LlmError({
      code: 'pipeline/output-invalid',
      message: `A run is written to a folder or to s3://bucket/folder, and the output is ${place}. Write what it kept to the hub afterwards: llm data --jsonl "FOLDER/shard-*.jsonl.gz" --output hf://datasets/owner/name`,
    });
  await checkWritable(place);
  return openStore(place.slice(0, place.lastIndexOf('/')));
}

/**
 * One file a rank and phase, below the output, or in ./logs where that lies elsewhere: what it was told,
 * event by event, of all its starts.
 */
function rankLog(directory: string, phase: string, rank: number): (event: RunEvent) => void {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, `${phase}-${String(rank).padStart(5, '0')}.jsonl`);
  let last = 0;
  return (event) => {
    const isFrequent = event.type === 'progress' || event.type === 'metric';
    if (isFrequent && event.time - last < 10_000) return;
    if (isFrequent) last = event.time;
    appendFileSync(file, jsonLine(event));
  };
}

/** A line every five seconds, and every warning. */
function shownEvents(note: (line: string) => void): (event: RunEvent) => void {
  let last = 0;
  return (event) => {
    if (event.type === 'warning') note(`warning: ${event.message}`);
    if (event.type !== 'metric' || event.values.pagesPerSecond === undefined || event.time - last < 5000)
      return;
    last = event.time;
    const { pages = 0, bytes = 0, pagesPerSecond, secondsLeft } = event.values;
    const left = secondsLeft === undefined ? '' : `, ${formatSeconds(secondsLeft)} left`;
    note(
      `${formatCount(pages)} pages (${formatCount(pagesPerSecond)} a second), ${formatBytes(bytes)} read${left}`,
    );
  };
}

function summary(report: Report, place: string): string {
  if (report === undefined) return 'This share is done.\n';
  const rows = report.funnel.map(
    ({ step, entered, left }) =>
      `  ${step.padEnd(24)}${formatCount(entered).padStart(10)} → ${formatCount(left)}`,
  );
  return `${rows.join('\n')}\nkept ${formatCount(report.kept)} of ${formatCount(report.pages)} pages in ${report.shards} shards: ${place}\n`;
}
