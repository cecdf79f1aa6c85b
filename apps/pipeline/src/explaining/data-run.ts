/**
 * A finished run of the data stage, by its directory: what it kept and dropped, and what it was made from.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type ArtifactStore, LlmError } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import type { PageStep } from '@llm/data';
import type { DataInput, runDataPipeline } from '@llm/data/node';
import { followPointer } from '../run/latest-run.js';
import { rowsOf } from '../run/row-files.js';
import { readRunConfig } from '../run/run-config.js';
import { dataInputs, dataSteps } from '../stages/data.js';

export type DataReport = Awaited<ReturnType<typeof runDataPipeline>> & object;

/** A line of `dropped.jsonl.gz`. */
export interface DroppedRow {
  readonly id: string;
  readonly step: string;
  readonly reason: string;
  readonly url?: string | undefined;
  readonly language?: string | undefined;
  readonly offset?: number | undefined;
  readonly text?: string | undefined;
  readonly measures?: readonly unknown[] | undefined;
  readonly duplicateOf?: string | undefined;
  readonly match?: string | undefined;
  readonly matchIn?: string | undefined;
  readonly matchSpans?: number | undefined;
  readonly similarity?: number | undefined;
}

export interface DataRun {
  readonly directory: string;
  readonly store: ArtifactStore;
  readonly prefix: string;
  readonly report: DataReport;
  /** Lines of the files of that name, in their order. */
  rows<Row>(name: 'dropped' | 'measures'): AsyncGenerator<Row>;
  /** What it read, with the labels that its ids begin with; undefined: a plan that is not told here. */
  inputs(): Promise<readonly (DataInput & { readonly label: string })[] | undefined>;
  steps(): Promise<readonly PageStep[] | undefined>;
}

/**
 * `directory`: of `llm data` (`runs/…`), or the output of `llm data run`. Throws `pipeline/no-data-run` for
 * what is neither, or not finished.
 */
export function openDataRun(given: string): DataRun {
  const root = resolve(followPointer(given));
  const directory = existsSync(join(root, 'data', 'report.json')) ? join(root, 'data') : root;
  const report = readReport(directory, given);
  const config = directory === root ? undefined : readRunConfig(root);
  return {
    directory,
    store: new DirectoryStore(dirname(directory)),
    prefix: basename(directory),
    report,
    rows: (name) => rowsOf(directory, name),
    async inputs() {
      if (config === undefined) return undefined;
      const inputs = await dataInputs(config, root);
      return inputs.map((input, at) => ({ ...input, label: report.inputs[at]?.label ?? '' }));
    },
    steps: async () => (config === undefined ? undefined : dataSteps(config)),
  };
}

function readReport(directory: string, given: string): DataReport {
  const path = join(directory, 'report.json');
  if (existsSync(path)) {
    const report = JSON.parse(readFileSync(path, 'utf8')) as Partial<DataReport>;
    if (report.kind === 'data-report') return report as DataReport;
  }
  throw new LlmError({
    code: 'pipeline/no-data-run',
    message: `${given} holds no finished data stage (no report.json of one). Name the directory of \`llm data --run\`, or the output of \`llm data run\`, that is done.`,
    details: { path: given },
  });
}
