/** What people said of answers: kept in the run, as pairs that training reads. */
import { LlmError } from '@llm/core';
import { isVote, type Vote } from '@llm/studio/wire';
import type { Context } from 'hono';
import type { RunCatalog } from '../runs/run-catalog.js';
import { addVotes, readVotes } from '../votes/vote-file.js';
import type { ApiRoute } from './api-route.js';

const mostBytes = 32e6;

export function voteRoutes(catalog: RunCatalog): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/runs/:id/votes',
      about:
        'Votes on answers, of the arena and of samples of practice, without those withdrawn; how many lines are damaged; where the pairs lie that training reads.',
      answer: async (context) =>
        context.json(await readVotes(catalog.find(context.req.param('id')!).directory)),
    },
    {
      method: 'POST',
      path: '/runs/:id/votes',
      about:
        'Keeps votes in the run, and answers all. One with the id of another replaces it; the same again changes nothing.',
      takes: { votes: 'body, JSON: a list of votes as GET gives them; verdict withdrawn takes one back' },
      answer: async (context) => {
        const { directory } = catalog.find(context.req.param('id')!);
        return context.json(await addVotes(directory, await votesOf(context)), 201);
      },
    },
  ];
}

/** Throws `pipeline/votes-invalid`. */
async function votesOf(context: Context): Promise<readonly Vote[]> {
  // A form of another page cannot send this type without asking first.
  if (context.req.header('content-type')?.startsWith('application/json') !== true)
    throw invalid('Send the body as application/json.');
  const length = Number(context.req.header('content-length') ?? Number.NaN);
  if (!(length <= mostBytes)) throw invalid(`Send at most ${mostBytes / 1e6} MB of votes at a time.`);
  const body = (await context.req.json().catch(() => undefined)) as { readonly votes?: unknown } | undefined;
  if (!Array.isArray(body?.votes)) throw invalid('The body is no {"votes": [...]}.');
  const wrong = body.votes.findIndex((vote) => !isVote(vote));
  if (wrong >= 0)
    throw invalid(
      `The vote at ${wrong} is none: {"id", "kind", "time", "prompt", "left", "right", "verdict"}, as GET gives them.`,
    );
  return body.votes as Vote[];
}

const invalid = (message: string): LlmError => new LlmError({ code: 'pipeline/votes-invalid', message });
