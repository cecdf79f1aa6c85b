/** What practice learnt from, step by step, as the run kept it. */
import { join } from 'node:path';
import { LlmError } from '@llm/core';
import { DirectoryStore } from '@llm/core/node';
import type { KeptStep, PromptAcrossSteps, RolloutStage } from '@llm/studio/wire';
import { chooseSamples, sampleChoice } from '../../rollouts/choose-samples.js';
import { readRollouts, rolloutFolder, rolloutKey, stepOfKey } from '../../rollouts/rollout-file.js';
import type { RunCatalog } from '../runs/run-catalog.js';
import type { ApiRoute } from './api-route.js';
import { RememberedAnswers } from './remembered-answers.js';

/** Those that practise. */
const stages = ['rl', 'control'];

export function rolloutRoutes(catalog: RunCatalog): ApiRoute[] {
  const answers = new RememberedAnswers();
  const stepOf = (id: string, stage: string, step: number): Promise<KeptStep> => {
    if (!stages.includes(stage)) throw missing(`There is no stage "${stage.slice(0, 100)}" that practises.`);
    const { directory } = catalog.find(id);
    return answers.of(`${id} ${stage} ${step}`, join(directory, rolloutKey(stage, step)), () =>
      readRollouts(new DirectoryStore(directory), stage, step),
    );
  };
  return [
    {
      method: 'GET',
      path: '/runs/:id/rollouts',
      about: 'Of each stage that practised: the steps whose rollouts the run keeps, and their bytes.',
      answer: async (context) =>
        context.json(await keptStages(catalog.find(context.req.param('id')!).directory)),
    },
    {
      method: 'GET',
      path: '/runs/:id/rollouts/prompt',
      about:
        'One prompt: every time that the run answered it, in practice and control, with texts and rewards.',
      takes: { task: 'query: the id of the task' },
      answer: async (context) => {
        const id = context.req.param('id')!;
        const task = context.req.query('task') ?? '';
        const { directory } = catalog.find(id);
        // One step at a time: together they may be hundreds of megabytes.
        const read = (stage: string, step: number): Promise<KeptStep> =>
          readRollouts(new DirectoryStore(directory), stage, step);
        return context.json(await acrossSteps(await keptStages(directory), read, task));
      },
    },
    {
      method: 'GET',
      path: '/runs/:id/rollouts/:stage/:step',
      about:
        'A step: its prompts and samples, each with token ids, token mask, rewards by name, advantage, tool output and stop reason.',
      takes: {
        filter: 'query: all, raised, lowered, untaught, tool, tool-failed, cut-off, malformed',
        text: 'query: found in the prompt, in what was said or in a tool’s answer',
        order: 'query: drawn, reward, advantage, length; with - before it the greatest first',
        from: 'query: how many of the chosen are passed over',
        count: 'query: how many are sent, 500 at most',
      },
      answer: async (context) => {
        const { id, stage, step } = context.req.param() as Record<'id' | 'stage' | 'step', string>;
        const choice = sampleChoice(context.req.query());
        if (!/^\d{1,12}$/.test(step)) throw missing(`"${step.slice(0, 100)}" is no step.`);
        return context.json(chooseSamples(await stepOf(id, stage, Number(step)), choice));
      },
    },
  ];
}

const missing = (message: string): LlmError => new LlmError({ code: 'pipeline/rollouts-missing', message });

async function keptStages(directory: string): Promise<RolloutStage[]> {
  const store = new DirectoryStore(directory);
  const kept = await Promise.all(
    stages.map(async (stage) => {
      const keys = await store.list(`${rolloutFolder(stage)}/`);
      const files = keys.flatMap((key) => {
        const step = stepOfKey(key);
        return step === undefined ? [] : [{ key, step }];
      });
      const sizes = await Promise.all(files.map(({ key }) => store.size(key)));
      return {
        stage,
        steps: files.map(({ step }) => step).sort((a, b) => a - b),
        bytes: sizes.reduce((sum, size) => sum + size, 0),
      };
    }),
  );
  return kept.filter(({ steps }) => steps.length > 0);
}

async function acrossSteps(
  kept: readonly RolloutStage[],
  read: (stage: string, step: number) => Promise<KeptStep>,
  task: string,
): Promise<PromptAcrossSteps> {
  const times: PromptAcrossSteps['times'][number][] = [];
  let found: KeptStep['prompts'][number] | undefined;
  for (const { stage, steps } of kept)
    for (const step of steps) {
      const { prompts, samples } = await read(stage, step);
      const at = new Set(prompts.flatMap((prompt, index) => (prompt.task === task ? [index] : [])));
      if (at.size === 0) continue;
      found ??= prompts[[...at][0]!]!;
      const answered = samples.filter(({ prompt }) => at.has(prompt));
      times.push({
        stage,
        step,
        samples: answered.map(({ index, reward, parts, ids }) => ({ index, reward, parts, ids })),
      });
    }
  if (found === undefined) throw missing(`No step that the run keeps has the task "${task.slice(0, 100)}".`);
  return { prompt: found, times };
}
