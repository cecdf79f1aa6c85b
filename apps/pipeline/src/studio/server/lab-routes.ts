/** The experiments of `llm lab`: what there is, and doing one as the job of the server. */
import type { ExperimentListing } from '@llm/studio/wire';
import type { Experiment } from '../../lab/experiment.js';
import type { JobRunner } from '../jobs/job-runner.js';
import { parseLessonRequest } from '../jobs/lesson-request.js';
import type { ApiRoute } from './api-route.js';
import { bodyOf } from './json-body.js';

/** They bring every stage with them: only who asks loads them. */
const experiments = async (): Promise<readonly Experiment[]> =>
  (await import('../../lab/experiments.js')).experiments;

export function labRoutes(jobs: JobRunner): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/lab',
      about:
        'The experiments of llm lab, in the order of the talk: name, title, claim, minutes, seeds, needsRun.',
      answer: async (context) =>
        context.json(
          (await experiments()).map(
            ({ name, title, claim, minutes, seeds, needsRun }): ExperimentListing => ({
              ...{ name, title, claim, minutes, seeds, needsRun },
            }),
          ),
        ),
    },
    {
      method: 'POST',
      path: '/runs/:id/lab',
      about:
        'Does an experiment, as llm lab NAME --run DIR does, or goes on with one; its report is then among the run’s files. One job at a time: 409 while another runs.',
      takes: {
        name: 'body, JSON: one of GET /lab',
        seeds: 'body: a whole number; absent: those it was begun with, else its own',
      },
      answer: async (context) => {
        const all = await experiments();
        const request = parseLessonRequest(await bodyOf(context), all);
        const { needsRun } = all.find(({ name }) => name === request.name)!;
        return context.json(jobs.learn(context.req.param('id')!, request, needsRun), 201);
      },
    },
  ];
}
