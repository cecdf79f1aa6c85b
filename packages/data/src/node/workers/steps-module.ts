/**
 * Steps that a worker can make for itself: functions cannot travel, the name of a module can. Its default
 * export is a list of steps, an object with `steps`, or a function of `settings` that gives one of these.
 */
import { pathToFileURL } from 'node:url';
import { LlmError } from '@llm/core';
import type { PageStep } from '../../page/page-step.js';
import { fineWebSteps } from '../../pipeline/fineweb-steps.js';
import { type DecontaminationOptions, decontaminationStep } from '../decontamination/load-evaluations.js';
import { loadLanguageIdentifier } from '../language/load-language-identifier.js';
import { registerTypeScript } from './typescript-loader.js';

export interface StepsModule {
  /** Path, `file:` URL or package name. */
  readonly module: string;
  /** What its default export is called with, where that is a function: plain data. */
  readonly settings?: unknown;
}

/** English with fastText's lid.176. */
export async function defaultSteps(): Promise<readonly PageStep[]> {
  return fineWebSteps({ language: { identifier: await loadLanguageIdentifier() } });
}

/** The default export. Throws `data/plan-unreadable`. */
export async function importModule(module: string): Promise<unknown> {
  const url = /^(?:file|data|node):/.test(module) || isPackage(module) ? module : pathToFileURL(module).href;
  await registerTypeScript(module);
  try {
    const { default: exported } = (await import(url)) as { default?: unknown };
    // CommonJS that was an ES module before a compiler saw it.
    const { __esModule: isCompiled, default: inner } = (exported ?? {}) as Record<string, unknown>;
    return isCompiled === true ? inner : exported;
  } catch (cause) {
    throw new LlmError({
      code: 'data/plan-unreadable',
      message: `The module ${module} cannot be loaded: ${(cause as Error).message}.${/\.[jt]s$/.test(module) ? ' Where no package.json says "type": "module", call it .mts or .mjs.' : ''}`,
      details: { module },
      cause,
    });
  }
}

/** Throws `data/plan-unreadable`, and `data/plan-invalid` for what is no list of steps. */
export async function loadSteps(source: StepsModule | undefined): Promise<readonly PageStep[]> {
  if (source === undefined) return defaultSteps();
  const exported = await importModule(source.module);
  const made: unknown =
    typeof exported === 'function'
      ? await (exported as (settings: unknown) => unknown)(source.settings)
      : exported;
  const steps: unknown = Array.isArray(made) ? made : (made as { steps?: unknown } | undefined)?.steps;
  if (steps === undefined && typeof made === 'object' && made !== null) return defaultSteps();
  if (Array.isArray(steps) && steps.every(isStep)) return steps as PageStep[];
  throw new LlmError({
    code: 'data/plan-invalid',
    message: `The default export of ${source.module} gives no list of steps. Export [{ name, run(page) }, …] or { steps: […] }.`,
    details: { module: source.module },
  });
}

/** What every document of a run goes through. */
export async function runSteps(
  source: StepsModule | undefined,
  options: DecontaminationOptions | undefined,
): Promise<readonly PageStep[]> {
  const steps = await loadSteps(source);
  return options === undefined ? steps : [...steps, await decontaminationStep(options)];
}

function isStep(step: unknown): boolean {
  const { name, run } = (step ?? {}) as { name?: unknown; run?: unknown };
  return typeof name === 'string' && typeof run === 'function';
}

function isPackage(module: string): boolean {
  return /^[@a-z][^:\\]*$/i.test(module) && !/\.[cm]?[jt]s$/.test(module);
}
