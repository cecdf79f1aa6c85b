/** Crawl or own input → clean text in shards, with a reason for every page that was dropped. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonValue } from '@llm/core';
import type { PageStep } from '@llm/data';
import { type DataInput, runDataPipeline } from '@llm/data/node';
import { cleaningOf } from '../inputs/cleaning.js';
import { checkUnchanged, type InputFile, inputSettings } from '../inputs/input-file.js';
import type { CleaningOptions, PipelineOptions } from '../options.js';
import type { Stage } from '../run/stage-engine.js';
import { formatCount } from '../terminal/format.js';
import stepsOfSettings, { type DataStepsSettings } from './data-steps.js';
import { compareWithGroundTruth } from './ground-truth.js';
import type { DataSummary } from './summaries.js';

/** What a run reads. */
export async function dataInputs(
  { input, filters }: PipelineOptions,
  directory: string,
): Promise<DataInput[]> {
  if (input.kind !== 'files') return crawledFiles(join(directory, 'crawl'));
  // Filters that were asked for are for all that is given.
  return input.files.map((file) => ({
    ...dataInput(file),
    quality: filters === undefined ? undefined : 'filter',
  }));
}

/** Beside this file in the sources, an entry of its own in the build. */
const stepsFile = import.meta.url.endsWith('.ts') ? './data-steps.ts' : './data-steps.js';

function stepsSettings({ input, seed, filters }: PipelineOptions): DataStepsSettings {
  const keepsAll =
    filters === undefined && input.kind === 'files' && input.files.every(({ kind }) => kind !== 'warc');
  return { miniwebSeed: input.kind === 'miniweb' ? seed : null, filters, ...(keepsAll && { keepsAll }) };
}

/** What happens to each page of a run. */
export function dataSteps(options: PipelineOptions): Promise<readonly PageStep[]> {
  return stepsOfSettings(stepsSettings(options));
}

export function dataStage(options: PipelineOptions): Stage<DataSummary> {
  const { input, seed, filters } = options;
  // A run without filters of its own is the one it was before there were any.
  const asked = filters === undefined ? {} : { filters: { ...filters } as JsonValue };
  const isMiniweb = input.kind === 'miniweb';
  const isCrawled = input.kind !== 'files';
  return {
    name: 'data',
    title: 'from raw pages to clean text',
    needs: isCrawled ? ['crawl'] : [],
    settings: {
      seed,
      ...(isCrawled ? {} : { files: inputSettings(input.files) }),
      ...asked,
      ...cleaningSettings(options.cleaning),
      ...(options.record && { record: JSON.stringify(options.record) }),
    },
    run: async ({ directory, store, signal, onEvent }) => {
      checkUnchanged([...(isCrawled ? [] : input.files), ...(options.cleaning?.evaluations ?? [])]);
      const report = await runDataPipeline({
        inputs: await dataInputs(options, directory),
        store,
        prefix: 'data',
        ...cleaningOf(options.cleaning),
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

/** Nothing for a run that was given nothing: earlier runs go on. */
export function cleaningSettings(cleaning: CleaningOptions | undefined): { readonly cleaning?: JsonValue } {
  if (cleaning === undefined) return {};
  const { deduplicate, evaluations, wordsPerNgram, questions, index, earlier } = cleaning;
  return {
    cleaning: {
      ...(deduplicate === undefined ? {} : { deduplicate: [...deduplicate] }),
      ...(evaluations === undefined ? {} : { evaluations: inputSettings(evaluations) }),
      ...(wordsPerNgram === undefined ? {} : { wordsPerNgram }),
      ...(questions === undefined ? {} : { questions }),
      ...(index === undefined ? {} : { index }),
      ...(earlier === undefined
        ? {}
        : { earlier: earlier.map(({ place, digest = null }) => ({ place, digest })) }),
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
