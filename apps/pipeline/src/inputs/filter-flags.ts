/** Flags of the data stage that say which documents stay. */
import { accessSync, constants, statSync } from 'node:fs';
import { LlmError } from '@llm/core';
import { licenseFilter } from '@llm/data';
import type { FilterOptions } from '../options.js';
import { describeSystemError } from '../system-error.js';

export interface FilterFlags extends Omit<FilterOptions, 'languages' | 'licences'> {
  /** Separated by commas. */
  readonly languages?: string | undefined;
  readonly licences?: string | undefined;
}

const names = [
  ...(['rules', 'punkt', 'languages', 'languageModel', 'licences', 'unknownLicence'] as const),
  ...(['qualityModel', 'qualityLabel', 'minQuality', 'sample'] as const),
];

/** Undefined when none is given. Throws `pipeline/flag-without-input` for a flag that has no effect. */
export function filterOptions(flags: FilterFlags): FilterOptions | undefined {
  const given = names.filter((name) => flags[name] !== undefined);
  if (given.length === 0) return undefined;
  const { rules, qualityModel, qualityLabel, minQuality } = flags;
  if (flags.unknownLicence !== undefined && flags.licences === undefined)
    throw unfit('--unknown-licence is for --licences, and there are none. Give both.');
  if (rules === 'none' && (flags.languages ?? flags.languageModel) !== undefined)
    throw unfit('--rules none asks for no language. Leave --languages and --language-model out.');
  if (flags.punkt !== undefined && rules !== 'fineweb-v1')
    throw unfit('--punkt is for --rules fineweb-v1. Give both.');
  if (qualityModel === undefined && (qualityLabel ?? minQuality) !== undefined)
    throw unfit(
      '--quality-label and --min-quality are for --quality-model, and there is none. Give it, too.',
    );
  for (const flag of Object.keys(models) as (keyof typeof models)[]) checkModel(flag, flags[flag]);
  if (qualityModel !== undefined) checkQuality(qualityModel, qualityLabel, minQuality);
  // Its names are looked at now, not when a crawl has been read.
  if (flags.licences !== undefined) licenseFilter({ allowed: listOf(flags.licences) ?? [] });
  const lists = { languages: listOf(flags.languages), licences: listOf(flags.licences) };
  return Object.fromEntries(given.map((name) => [name, { ...flags, ...lists }[name]]));
}

const models = {
  punkt: '--punkt',
  languageModel: '--language-model',
  qualityModel: '--quality-model',
} as const;

/** Throws `pipeline/input-missing`. */
function checkModel(flag: keyof typeof models, path: string | undefined): void {
  if (path === undefined) return;
  try {
    accessSync(path, constants.R_OK);
  } catch (cause) {
    throw new LlmError({
      code: 'pipeline/input-missing',
      message: `Cannot read ${models[flag]} ${path}: ${describeSystemError(cause) ?? String(cause)} Check the path.`,
      details: { path },
      cause,
    });
  }
}

function checkQuality(model: string, label: string | undefined, minimum: number | undefined): void {
  const isFolder = statSync(model, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (isFolder && label !== undefined)
    throw unfit(`--quality-label is for models of fastText, and ${model} is a folder. Leave it out.`);
  if (!isFolder && (label === undefined || minimum === undefined))
    throw unfit(
      `--quality-model ${model} is a model of fastText: say which label and from which score on, with --quality-label and --min-quality.`,
    );
}

const listOf = (text: string | undefined): string[] | undefined =>
  text
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

const unfit = (message: string): LlmError => new LlmError({ code: 'pipeline/flag-without-input', message });
