/** The steps of the data stage, as a module that its workers load. */
import { statSync } from 'node:fs';
import {
  defaultUrlLists,
  fineWeb2Steps,
  fineWebEdu,
  fineWebSteps,
  licenseFilter,
  type PageStep,
  qualityFilter,
  sampleDocuments,
} from '@llm/data';
import { loadFastTextScorer, loadLanguageIdentifier, loadNltk, loadOnnxScorer } from '@llm/data/node';
import { miniwebBlocklist } from '@llm/miniweb';
import type { FilterOptions } from '../options.js';

export interface DataStepsSettings {
  /** Of the invented web; null: real pages. */
  readonly miniwebSeed: number | null;
  readonly filters?: FilterOptions | undefined;
  /** Texts that nobody asked to filter: no step would see them. */
  readonly keepsAll?: boolean | undefined;
}

// biome-ignore lint/style/noDefaultExport: what a worker takes from the module it is given
export default async function dataSteps(settings: DataStepsSettings): Promise<readonly PageStep[]> {
  if (settings.keepsAll === true) return [];
  const { licences, unknownLicence, sample } = settings.filters ?? {};
  const steps = await rules(settings);
  const behind = steps.findIndex(({ name }) => name === 'extraction') + 1;
  return [
    // What is drawn does not depend on what is dropped.
    ...(sample === undefined ? [] : [sampleDocuments({ fraction: sample })]),
    ...steps.slice(0, behind),
    ...(licences === undefined ? [] : [licenseFilter({ allowed: licences, unknown: unknownLicence })]),
    ...steps.slice(behind),
    ...(await quality(settings.filters ?? {})),
  ];
}

/** `url`, what makes text of a page, and what comes behind it. */
async function rules({ miniwebSeed, filters = {} }: DataStepsSettings): Promise<readonly PageStep[]> {
  const { rules: preset, punkt, languages, languageModel, licences } = filters;
  const url = miniwebSeed === null ? undefined : { ...defaultUrlLists, ...miniwebBlocklist(miniwebSeed) };
  const extraction = licences === undefined ? undefined : { metadata: true };
  if (preset === 'none')
    return fineWebSteps({
      ...{ url, extraction, language: false, gopherRepetition: false, gopherQuality: false },
      ...{ c4: false, fineWeb: false },
    });
  const identifier = await loadLanguageIdentifier(languageModel);
  if (preset === 'fineweb-2') return fineWeb2Steps({ url, extraction, identifier, languages });
  const english = punkt === undefined ? undefined : await loadNltk(punkt);
  return fineWebSteps({ url, extraction, preset, english, language: { identifier, languages } });
}

async function quality({ qualityModel: path, qualityLabel, minQuality }: FilterOptions): Promise<PageStep[]> {
  if (path === undefined) return [];
  if (!statSync(path).isDirectory()) {
    const scorer = await loadFastTextScorer({ path, label: qualityLabel!, name: 'qualityScore' });
    return [qualityFilter({ scorer, minimum: minQuality! })];
  }
  const options = fineWebEdu(await loadOnnxScorer({ path }));
  return [qualityFilter({ ...options, minimum: minQuality ?? options.minimum })];
}
