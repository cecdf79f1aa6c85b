/** Starting, stopping and going on with runs. */

import { LlmError } from '@llm/core';
import type { Context } from 'hono';
import type { JobRunner } from '../jobs/job-runner.js';
import { planRun } from '../jobs/plan-run.js';
import { parseRunRequest } from '../jobs/run-request.js';
import { parseTuneRequest } from '../jobs/tune-request.js';
import type { RunCatalog } from '../runs/run-catalog.js';
import type { ApiRoute } from './api-route.js';

const fields = {
  preset: 'body, JSON: smoke or default',
  'seed, size, vocabulary, depth, context, pretrainSteps, sftSteps, rlSteps, threads':
    'body: whole numbers, as the flags of llm run; absent: the preset’s',
  'warc, text, jsonl, conversations': 'body: lists of paths on the server’s machine',
  record: 'body: true writes down what the data stage measured',
};

export function jobRoutes(jobs: JobRunner, catalog: RunCatalog): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/jobs',
      about: 'The run that was started here: its id, command, state and what it says; null when none was.',
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
        'Trains a model from elsewhere, as llm sft and llm rl do. One at a time: 409 while another runs.',
      takes: {
        task: 'body, JSON: sft or rl',
        model: 'body: a path on the server’s machine, hf:owner/name, or the address of a GGUF file',
        conversations: 'body, of sft: a list of paths on the server’s machine',
        tasks: 'body, of rl: countdown, arithmetic, sorting, or a file of questions',
        'lora, steps': 'body: whole numbers; absent: all weights, the command’s own steps',
        dryRun: 'body: true only says what it would need',
      },
      answer: async (context) => context.json(jobs.tune(parseTuneRequest(await bodyOf(context))), 201),
    },
    {
      method: 'POST',
      path: '/jobs/stop',
      about: 'Stops the run as Ctrl-C does: the step ends and is saved. Asked again, it ends at once.',
      answer: (context) => context.json(jobs.stop()),
    },
    {
      method: 'POST',
      path: '/runs/:id/resume',
      about: 'Goes on with a run that was stopped.',
      answer: (context) => context.json(jobs.resume(context.req.param('id')!), 201),
    },
  ];
}

/** A form of another page cannot send this type without asking first. Throws `pipeline/job-invalid`. */
async function bodyOf(context: Context): Promise<unknown> {
  if (context.req.header('content-type')?.startsWith('application/json') !== true)
    throw new LlmError({ code: 'pipeline/job-invalid', message: 'Send the body as application/json.' });
  try {
    return await context.req.json();
  } catch {
    throw new LlmError({ code: 'pipeline/job-invalid', message: 'The body is no JSON.' });
  }
}
