/** Crawl or own input → clean text in shards, with a reason for every page that was dropped. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultUrlLists, fineWebSteps, type PageStep } from '@llm/data';
import { type DataInput, loadLanguageIdentifier, runDataPipeline } from '@llm/data/node';
import { miniwebBlocklist } from '@llm/miniweb';
import { checkUnchanged, type InputFile, inputSettings } from '../inputs/input-file.js';
import type { PipelineOptions } from '../options.js';
import type { Stage } from '../run/stage-engine.js';
import { formatCount } from '../terminal/format.js';
import { compareWithGroundTruth } from './ground-truth.js';
import type { DataSummary } from './summaries.js';

/** What a run reads. */
export async function dataInputs({ input }: PipelineOptions, directory: string): Promise<DataInput[]> {
  return input.kind === 'files' ? input.files.map(dataInput) : crawledFiles(join(directory, 'crawl'));
}

/** What happens to each page of a run. */
export async function dataSteps({ input, seed }: PipelineOptions): Promise<PageStep[]> {
  return fineWebSteps({
    url: input.kind === 'miniweb' ? { ...defaultUrlLists, ...miniwebBlocklist(seed) } : undefined,
    language: { identifier: await loadLanguageIdentifier() },
  });
}

export function dataStage(options: PipelineOptions): Stage<DataSummary> {
  const { input, seed } = options;
  const isMiniweb = input.kind === 'miniweb';
  const isCrawled = input.kind !== 'files';
  return {
    name: 'data',
    title: 'from raw pages to clean text',
    needs: isCrawled ? ['crawl'] : [],
    settings: isCrawled ? { seed } : { seed, files: inputSettings(input.files) },
    run: async ({ directory, store, signal, onEvent }) => {
      if (!isCrawled) checkUnchanged(input.files);
      const report = await runDataPipeline({
        inputs: await dataInputs(options, directory),
        store,
        prefix: 'data',
        steps: await dataSteps(options),
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
