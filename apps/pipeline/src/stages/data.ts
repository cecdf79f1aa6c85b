/** Crawl or own input → clean text in shards, with a reason for every page that was dropped. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PageStep } from '@llm/data';
import { type DataInput, runDataPipeline } from '@llm/data/node';
import { checkUnchanged, type InputFile, inputSettings } from '../inputs/input-file.js';
import type { PipelineOptions } from '../options.js';
import type { Stage } from '../run/stage-engine.js';
import { formatCount } from '../terminal/format.js';
import stepsOfSettings, { type DataStepsSettings } from './data-steps.js';
import { compareWithGroundTruth } from './ground-truth.js';
import type { DataSummary } from './summaries.js';

/** What a run reads. */
export async function dataInputs({ input }: PipelineOptions, directory: string): Promise<DataInput[]> {
  return input.kind === 'files' ? input.files.map(dataInput) : crawledFiles(join(directory, 'crawl'));
}

/** Beside this file in the sources, an entry of its own in the build. */
const stepsFile = import.meta.url.endsWith('.ts') ? './data-steps.ts' : './data-steps.js';

function stepsSettings({ input, seed }: PipelineOptions): DataStepsSettings {
  return { miniwebSeed: input.kind === 'miniweb' ? seed : null };
}

/** What happens to each page of a run. */
export function dataSteps(options: PipelineOptions): Promise<readonly PageStep[]> {
  return stepsOfSettings(stepsSettings(options));
}

export function dataStage(options: PipelineOptions): Stage<DataSummary> {
  const { input, seed } = options;
  const isMiniweb = input.kind === 'miniweb';
  const isCrawled = input.kind !== 'files';
  return {
    name: 'data',
    title: 'from raw pages to clean text',
    needs: isCrawled ? ['crawl'] : [],
    settings: {
      ...(isCrawled ? { seed } : { seed, files: inputSettings(input.files) }),
      ...(options.record && { record: JSON.stringify(options.record) }),
    },
    run: async ({ directory, store, signal, onEvent }) => {
      if (!isCrawled) checkUnchanged(input.files);
      const report = await runDataPipeline({
        inputs: await dataInputs(options, directory),
        store,
        prefix: 'data',
        steps: { module: new URL(stepsFile, import.meta.url).href, settings: stepsSettings(options) },
        record: options.record,
        signal,
        onEvent,
      });
      return {
        pages: report.pages,
        kept: report.kept,
        dropped: report.dropped,
        funnel: report.funnel,
        characters: report.characters.kept,
        languages: report.languages,
        groundTruth: isMiniweb ? await compareWithGroundTruth(directory, store) : null,
      };
    },
    headline: ({ pages, kept, groundTruth }) => {
      const truth =
        groundTruth === null
          ? ''
          : `; ground truth met for ${formatCount(groundTruth.met)} of ${formatCount(groundTruth.pages)}`;
      return `kept ${formatCount(kept)} of ${formatCount(pages)} pages${truth}`;
    },
  };
}

async function crawledFiles(directory: string): Promise<DataInput[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.warc.gz')).sort();
  return names.map((name) => ({ kind: 'warc', path: join(directory, name) }));
}

function dataInput({ kind, path, field }: InputFile): DataInput {
  return { kind: kind as DataInput['kind'], path, field };
}
