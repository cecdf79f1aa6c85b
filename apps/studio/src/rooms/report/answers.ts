/** The samples that the summaries of the stages hold, by prompt. */
import type { NamedStage } from '../../store/run-store.svelte.js';

export interface Answer {
  readonly stage: string;
  readonly text: string;
}

export interface AnswerTable {
  readonly stages: readonly string[];
  readonly prompts: readonly { readonly prompt: string; readonly answers: readonly Answer[] }[];
}

export function answersByPrompt(stages: readonly Pick<NamedStage, 'name' | 'summary'>[]): AnswerTable {
  const prompts = new Map<string, Answer[]>();
  const answering = new Set<string>();
  for (const { name, summary } of stages) {
    const samples = Array.isArray(summary?.samples) ? summary.samples : [];
    for (const sample of samples) {
      if (!isSample(sample)) continue;
      answering.add(name);
      const answers = prompts.get(sample.prompt) ?? [];
      prompts.set(sample.prompt, answers);
      if (!answers.some(({ stage }) => stage === name)) answers.push({ stage: name, text: sample.text });
    }
  }
  return {
    stages: [...answering],
    prompts: [...prompts].map(([prompt, answers]) => ({ prompt, answers })),
  };
}

function isSample(value: unknown): value is { readonly prompt: string; readonly text: string } {
  const sample = value as { readonly prompt?: unknown; readonly text?: unknown } | null;
  return typeof sample?.prompt === 'string' && typeof sample.text === 'string';
}
