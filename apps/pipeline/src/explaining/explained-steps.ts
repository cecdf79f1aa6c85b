/** The steps that a page is explained by: a plan, a preset, or those of the run. */
import { resolve } from 'node:path';
import { LlmError } from '@llm/core';
import { fineWeb2Steps, fineWebSteps, type PageStep } from '@llm/data';
import { loadLanguageIdentifier, loadSteps } from '@llm/data/node';
import type { DataRun } from './data-run.js';
import type { StepPreset } from './step-presets.js';

export async function explainedSteps(
  { steps, preset }: { readonly steps?: string | undefined; readonly preset?: StepPreset | undefined },
  run: DataRun | undefined,
): Promise<readonly PageStep[]> {
  if (steps !== undefined && preset !== undefined)
    throw new LlmError({
      code: 'pipeline/flag-without-input',
      message: '--steps and --preset both say which steps there are. Give one of them.',
    });
  if (steps !== undefined) return loadSteps({ module: resolve(steps) });
  if (preset === undefined) return (await run?.steps()) ?? loadSteps(undefined);
  const identifier = await loadLanguageIdentifier();
  return preset === 'fineweb-2'
    ? fineWeb2Steps({ identifier })
    : fineWebSteps({ preset, language: { identifier } });
}
