/** The steps of the data stage, as a module that its workers load. */
import { defaultUrlLists, fineWebSteps, type PageStep } from '@llm/data';
import { loadLanguageIdentifier } from '@llm/data/node';
import { miniwebBlocklist } from '@llm/miniweb';

export interface DataStepsSettings {
  /** Of the invented web; null: real pages. */
  readonly miniwebSeed: number | null;
}

// biome-ignore lint/style/noDefaultExport: what a worker takes from the module it is given
export default async function dataSteps({ miniwebSeed }: DataStepsSettings): Promise<readonly PageStep[]> {
  return fineWebSteps({
    url: miniwebSeed === null ? undefined : { ...defaultUrlLists, ...miniwebBlocklist(miniwebSeed) },
    language: { identifier: await loadLanguageIdentifier() },
  });
}
