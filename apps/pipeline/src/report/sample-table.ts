/** What each model said to the same prompts, side by side. */
import type { RunReport } from './run-report.js';

export interface SampleTable {
  readonly models: readonly string[];
  readonly rows: readonly { readonly prompt: string; readonly answers: readonly string[] }[];
}

export function sampleTable({ stages }: RunReport): SampleTable {
  const models = (
    [
      ['base', stages.pretrain?.samples],
      ['SFT', stages.sft?.samples],
      ['RL', stages.rl?.samples],
    ] as const
  ).flatMap(([name, samples]) => (samples === undefined ? [] : [{ name, samples }]));
  const prompts = models[0]?.samples.map(({ prompt }) => prompt) ?? [];
  return {
    models: models.map(({ name }) => name),
    rows: prompts.map((prompt) => ({
      prompt,
      answers: models.map(({ samples }) => samples.find((sample) => sample.prompt === prompt)?.text ?? ''),
    })),
  };
}
