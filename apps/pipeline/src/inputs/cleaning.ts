/** The flags of what happens to the whole corpus: what counts as repeated, evaluations to keep out of it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { LlmError } from '@llm/core';
import type { runDataPipeline } from '@llm/data/node';
import type { CleaningOptions, Repeated } from '../options.js';
import { findInputs } from './find-inputs.js';
import { describeAgain } from './input-file.js';
import { isRemote } from './is-remote.js';

export interface CleaningFlags {
  readonly deduplicate?: readonly (Repeated | 'none')[] | undefined;
  readonly decontaminate?: readonly string[] | undefined;
  readonly ngram?: number | undefined;
  readonly ngramQuestions?: boolean | undefined;
  readonly keepIndex?: true | undefined;
  readonly earlier?: readonly string[] | undefined;
}

/** Those given over those of an existing run; undefined for none. Throws what `findInputs` does. */
export function resolveCleaning(
  flags: CleaningFlags,
  existing: CleaningOptions | undefined,
): CleaningOptions | undefined {
  const found = flags.decontaminate && findInputs('decontaminate', flags.decontaminate).files;
  const evaluations = found ?? existing?.evaluations?.map(describeAgain);
  const idle = (['ngram', 'ngramQuestions'] as const).find((name) => flags[name] !== undefined);
  if (idle !== undefined && evaluations === undefined)
    throw unfit(
      `--${idle === 'ngram' ? 'ngram' : 'ngram-questions'} says what of evaluations is looked for, and none is named. Give --decontaminate, too.`,
    );
  if (flags.deduplicate?.includes('none') === true && flags.deduplicate.length > 1)
    throw unfit('--deduplicate none stands alone: leave the others out, or leave out none.');
  const cleaning: CleaningOptions = {
    deduplicate: flags.deduplicate?.filter((kind) => kind !== 'none') ?? existing?.deduplicate,
    evaluations,
    wordsPerNgram: flags.ngram ?? existing?.wordsPerNgram,
    questions: flags.ngramQuestions ?? existing?.questions,
    index: flags.keepIndex ?? existing?.index,
    earlier: flags.earlier?.map(earlierRun) ?? existing?.earlier?.map(earlierAgain),
  };
  if (cleaning.deduplicate?.length === 0)
    for (const [name, value] of [
      ['keep-index', cleaning.index],
      ['earlier', cleaning.earlier],
    ] as const)
      if (value !== undefined)
        throw unfit(`--${name} is of what repeats, and --deduplicate none looks for nothing. Leave one out.`);
  return Object.values(cleaning).every((value) => value === undefined) ? undefined : cleaning;
}

type EarlierRun = NonNullable<CleaningOptions['earlier']>[number];

/** The folder with the index, of a run directory its `data`. */
function earlierRun(place: string): EarlierRun {
  if (isRemote(place)) return { place };
  const folder = resolve(place);
  const found = [join(folder, 'data'), folder].find((at) => existsSync(indexOf(at)));
  if (found !== undefined) return { place: found, digest: digestOf(found) };
  throw unfit(
    `--earlier ${place} has no index (${join('data', 'index', 'index.json')}). Run that crawl with --keep-index.`,
  );
}

/** Looked at anew, so that a change is noticed; one that is gone is as it was. */
function earlierAgain(known: EarlierRun): EarlierRun {
  const { place } = known;
  return isRemote(place) || !existsSync(indexOf(place)) ? known : { place, digest: digestOf(place) };
}

const indexOf = (folder: string): string => join(folder, 'index', 'index.json');
const digestOf = (folder: string): string =>
  createHash('sha256')
    .update(readFileSync(indexOf(folder)))
    .digest('hex');

type Cleaning = Pick<Parameters<typeof runDataPipeline>[0], 'deduplication' | 'decontamination'>;

/** As the data stage takes them. */
export function cleaningOf(options: CleaningOptions | undefined): Cleaning {
  const { deduplicate, evaluations, wordsPerNgram, questions, index, earlier } = options ?? {};
  const crawls = { ...(index && { index }), ...(earlier && { earlier: earlier.map(({ place }) => place) }) };
  const has = (kind: Repeated): boolean => deduplicate?.includes(kind) === true;
  return {
    deduplication:
      deduplicate === undefined
        ? index === undefined && earlier === undefined
          ? undefined
          : crawls
        : deduplicate.length === 0
          ? false
          : {
              minhash: has('minhash'),
              exact: has('exact'),
              url: has('url'),
              sentences: has('sentences'),
              substrings: has('substrings'),
              ...crawls,
            },
    decontamination:
      evaluations === undefined
        ? undefined
        : { evaluations: evaluations.map(({ path }) => path), wordsPerNgram, questions },
  };
}

const unfit = (message: string): LlmError => new LlmError({ code: 'pipeline/flag-without-input', message });
