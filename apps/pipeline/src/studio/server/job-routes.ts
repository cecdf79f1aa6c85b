/** Starting, stopping and going on with runs. */

import type { TunePlan } from '@llm/studio/wire';
import type { JobRunner } from '../jobs/job-runner.js';
import { planRun } from '../jobs/plan-run.js';
import { parseRunRequest } from '../jobs/run-request.js';
import { parseTuneRequest, planTuning } from '../jobs/tune-request.js';
import type { RunCatalog } from '../runs/run-catalog.js';
import type { ApiRoute } from './api-route.js';
import { bodyOf } from './json-body.js';

const fields = {
  preset: 'body, JSON: smoke or default',
  'seed, size, vocabulary, depth, context, pretrainSteps, sftSteps, rlSteps, threads':
    'body: whole numbers, as the flags of llm run; absent: the preset’s',
  'warc, text, jsonl, conversations': 'body: lists of paths on the server’s machine',
  record: 'body: true writes down what the data stage measured',
};

const tuneFields = {
  task: 'body, JSON: sft, rl or prefer',
  model: 'body: a path on the server’s machine, hf:owner/name, or the address of a GGUF file',
  conversations: 'body, of sft: a list of paths on the server’s machine',
  tasks: 'body, of rl: countdown, arithmetic, sorting, or a file of questions',
  rewardModel: 'body, of rl: what a training by the method reward left; its scores are practised for',
  pairs: 'body, of prefer: a list of paths on the server’s machine; votes of a run say where theirs lie',
  method: 'body, of prefer: dpo, reward (a model that scores answers), and the others of llm prefer',
  'lora, steps': 'body: whole numbers; absent: all weights, the command’s own steps',
  learningRate: 'body: peak of the schedule; absent: the command’s own',
  dryRun: 'body: true only says what it would need',
};

export function jobRoutes(jobs: JobRunner, catalog: RunCatalog): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/jobs',
      about:
        'The run, training or experiment that was started last, also by a server before this one: its command, state and what it says; null when none was.',
      answer: (context) => context.json(jobs.job),
    },
    {
      method: 'POST',
      path: '/jobs/plan',
      about:
        'What a run would need in memory and time, and the command line that does the same. Starts nothing.',
      takes: fields,
      answer: async (context) => context.json(await planRun(parseRunRequest(await bodyOf(context)), catalog)),
    },
    {
      method: 'POST',
      path: '/jobs',
      about: 'Starts a run in a new directory. One at a time: 409 while another runs.',
      takes: fields,
      answer: async (context) => context.json(jobs.start(parseRunRequest(await bodyOf(context))), 201),
    },
    {
      method: 'POST',
      path: '/jobs/tune',
      about:
        'Trains a model from elsewhere, as llm sft, llm rl and llm prefer do, into a folder of its own in tuned/. One at a time: 409 while another runs.',
      takes: tuneFields,
      answer: async (context) => context.json(jobs.tune(parseTuneRequest(await bodyOf(context))), 201),
    },
    {
      method: 'POST',
      path: '/jobs/tune/plan',
      about:
        'The command line of such a training as it would be begun now, and what it leaves. Starts nothing.',
      takes: tuneFields,
      answer: async (context) => {
        const { command, leaves } = planTuning(parseTuneRequest(await bodyOf(context)));
        return context.json({ command, leaves } satisfies TunePlan);
      },
    },
    {
      method: 'GET',
      path: '/jobs/view',
      about:
        'What the events of the training or experiment that was started here amount to: its curves. null for a run: see /runs/:id/view.',
      answer: (context) => context.json(jobs.view),
    },
    {
      method: 'POST',
      path: '/jobs/stop',
      about: 'Stops the run as Ctrl-C does: the step ends and is saved. Asked again, it ends at once.',
      answer: (context) => context.json(jobs.stop()),
    },
    {
      method: 'POST',
      path: '/jobs/resume',
      about: 'Goes on with the last job, where it ended before it was done.',
      answer: (context) => context.json(jobs.goOn(), 201),
    },
    {
      method: 'POST',
      path: '/runs/:id/resume',
      about: 'Goes on with a run that was stopped.',
      answer: (context) => context.json(jobs.resume(context.req.param('id')!), 201),
    },
  ];
}
