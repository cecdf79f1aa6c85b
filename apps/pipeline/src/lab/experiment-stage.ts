/**
 * An experiment as a stage of the engine that runs the pipeline: what is finished is kept, what was stopped
 * goes on, other settings are refused, its cost is logged.
 */
import { join } from 'node:path';
import type { JsonValue } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import type { LabReport } from '@llm/studio/wire';
import type { RunModelPlace } from '../models/model-source.js';
import { plotFile } from '../report/svg-plot.js';
import { fingerprint } from '../run/fingerprint.js';
import type { Stage } from '../run/stage-engine.js';
import type { Experiment } from './experiment.js';
import { drawnPlots, labPage } from './lab-page.js';

export interface LabSettings {
  readonly seeds: readonly number[];
  readonly threads: number;
  readonly run: RunModelPlace | undefined;
}

export type LabSummary = { readonly met: number; readonly checks: number; readonly headline: string };

export function experimentStage(experiment: Experiment, settings: LabSettings): Stage<LabSummary> {
  const { name, title, claim, plan } = experiment;
  const { seeds, threads, run } = settings;
  return {
    name,
    title,
    needs: [],
    // Of another number of threads come other last digits.
    settings: {
      plan,
      seeds,
      threads,
      run: experiment.needsRun ? fingerprint(run?.options as unknown as JsonValue) : null,
    },
    run: async ({ directory, store, remember, signal, onEvent }) => {
      const findings = await experiment.run({
        ...{ plan, seeds, threads, run, signal, onEvent },
        store: new DirectoryStore(join(directory, name)),
        directory: join(directory, name),
        arm: async (part, compute) => {
          signal.throwIfAborted();
          return remember(part, compute);
        },
      });
      const report: LabReport = {
        kind: 'llm/lab-report',
        version: 1,
        name,
        title,
        claim,
        seeds,
        ...findings,
      };
      const write = (key: string, text: string): Promise<void> =>
        store.write(`${name}/${key}`, new TextEncoder().encode(text));
      await write('report.html', labPage(report));
      await write('report.json', `${JSON.stringify(report, null, 1)}\n`);
      for (const [index, plot] of drawnPlots(report.plots).entries())
        await write(`plot-${index + 1}.svg`, plotFile(plot));
      const { checks } = report;
      return {
        met: checks.filter(({ met }) => met).length,
        checks: checks.length,
        headline: checks
          .map(({ expected, measured, met }) => `${met ? 'Met' : 'Not met'}: ${expected} (${measured}).`)
          .join(' '),
      };
    },
    headline: ({ headline }) => headline,
  };
}
