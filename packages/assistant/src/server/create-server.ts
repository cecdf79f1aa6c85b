/**
 * Models over the OpenAI API, as a Hono app: chat and text completions (streams, tools, structured output,
 * log-probabilities), a list of models, health and metrics. Left out: images and audio, embeddings, the
 * Responses and Assistants API, stored completions.
 *
 * Fields of a request that say nothing about the answer are taken without effect: `user`, `metadata`,
 * `store`, `service_tier`, `safety_identifier`, `prompt_cache_key`, `prompt_cache_retention`,
 * `stream_options.include_obfuscation`, `strict` of tools and schemas (both always hold), the `name` of a
 * message, and thinking in earlier answers. Every other field that is not supported is refused by name.
 */
import { LlmError } from '@llm/core';
import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { HTTPException } from 'hono/http-exception';
import type { Assistant } from '../assistant.js';
import { requireHost, requireToken } from './access.js';
import { Admission } from './admission.js';
import { ApiError, apiErrorOf } from './api-error.js';
import { limitsOf, type ServerLimits } from './limits.js';
import { Metrics } from './metrics.js';
import { readJson } from './requests/read-json.js';
import { chatCompletions } from './routes/chat-completions.js';
import { completions } from './routes/completions.js';
import { findAssistant } from './routes/find-assistant.js';
import { listModels, modelBody } from './routes/models.js';
import { RunningRequests } from './running-requests.js';
import type { ServerState } from './server-state.js';

export interface ServerOptions {
  /**
   * Asked for by their names, which must differ; none only where there are `pages`. The caller disposes them
   * after the server has stopped.
   */
  readonly assistants: readonly Assistant[];
  /** What clients send as their API key. Default: none, and only loopback hosts are answered. */
  readonly token?: string | undefined;
  /**
   * A cookie that may carry the token instead, for `pages`, which set it: without script, and for the same
   * site alone. Default: none.
   */
  readonly tokenCookie?: string | undefined;
  /** Without a token: hosts that are answered beside loopback ones. Default: none. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Origins whose pages may call the server (CORS): `https://example.com`. Default: none. */
  readonly allowedOrigins?: readonly string[] | undefined;
  readonly limits?: Partial<ServerLimits> | undefined;
  /**
   * Routes of your own beside the API, for hosts that it answers; it has no part in how they check a token.
   * Errors they do not answer are the server's. Default: none.
   */
  readonly pages?: Hono | undefined;
  /** Told of errors that are the server's own, with the route. Default: nobody. */
  readonly onError?: ((error: unknown, route: string) => void) | undefined;
}

export interface ApiServer {
  /** `app.fetch` answers a `Request`; no socket is needed. */
  readonly app: Hono;
  /** Takes no more requests, and resolves when those that run have ended, by force after so many seconds. */
  stop(seconds: number): Promise<void>;
}

/** Throws `assistant/server-options` for no assistant, two of one name, or a token that no header carries. */
export function createServer(options: ServerOptions): ApiServer {
  checkOptions(options);
  const limits = limitsOf(options.limits);
  const state: ServerState = {
    assistants: new Map(options.assistants.map((assistant) => [assistant.name, assistant])),
    limits,
    admission: new Admission(limits.active, limits.waiting),
    scoring: new Admission(1, limits.waiting),
    metrics: new Metrics(),
    requests: new RunningRequests(limits.requestSeconds),
    report: (error, route) => {
      const told = apiErrorOf(error);
      if (told.status === 500) options.onError?.(error, route);
      return told;
    },
    started: Math.floor(Date.now() / 1000),
  };
  const app = new Hono();
  app.use(countRequests(state));
  if (options.token === undefined) app.use(requireHost(options.allowedHosts ?? []));
  if (options.allowedOrigins !== undefined) {
    app.use(
      '/v1/*',
      cors({
        origin: [...options.allowedOrigins],
        allowMethods: ['GET', 'POST'],
        exposeHeaders: ['retry-after'],
      }),
    );
  }
  if (options.token !== undefined) {
    app.use('/v1/*', requireToken(options.token, options.tokenCookie));
    app.use('/metrics', requireToken(options.token));
  }
  app.get('/health', (context) =>
    state.requests.isStopping ? context.json({ status: 'stopping' }, 503) : context.json({ status: 'ok' }),
  );
  app.get('/metrics', (context) => {
    measureNow(state);
    return context.text(state.metrics.text(), 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    });
  });
  app.get('/v1/models', (context) => context.json(listModels(state)));
  // Names of models may have slashes in them.
  app.get('/v1/models/:id{.+}', (context) => {
    return context.json(modelBody(state, findAssistant(state, context.req.param('id'))));
  });
  app.post('/v1/chat/completions', (context) => answered(state, context, chatCompletions));
  app.post('/v1/completions', (context) => answered(state, context, completions));
  if (options.pages !== undefined) app.route('/', options.pages);
  app.notFound((context) => {
    const message = `There is no ${context.req.method} ${context.req.path.slice(0, 200)} here.`;
    return new ApiError({ status: 404, message, code: 'unknown_url' }).response();
  });
  app.onError((error, context) => {
    if (error instanceof HTTPException) return error.getResponse();
    return state.report(error, context.req.path).response();
  });
  return { app, stop: (seconds) => state.requests.stop(seconds) };
}

type Route = typeof chatCompletions;

/** A request runs until its answer is written; a stream ends it itself. */
async function answered(state: ServerState, context: Context, route: Route): Promise<Response> {
  const request = state.requests.begin(context.req.raw.signal);
  try {
    return await route(state, request, await readJson(context.req.raw, state.limits.bodyBytes));
  } catch (error) {
    const failure = request.failure(error);
    request.end();
    throw failure;
  }
}

/** What is not counted as it happens. */
function measureNow({ metrics, admission, scoring, assistants }: ServerState): void {
  metrics.set('llm_active_answers', {}, admission.active);
  metrics.set('llm_waiting_requests', {}, admission.waiting + scoring.waiting);
  for (const [name, { model }] of assistants) {
    const { rowsActive, rowsWaiting, cacheBytes, reusedTokens } = model.generationStatistics;
    metrics.set('llm_batch_rows', { model: name }, rowsActive);
    metrics.set('llm_batch_waiting_rows', { model: name }, rowsWaiting);
    metrics.set('llm_cache_bytes', { model: name }, cacheBytes);
    metrics.set('llm_reused_prompt_tokens_total', { model: name }, reusedTokens);
  }
}

const routes = ['/v1/chat/completions', '/v1/completions', '/v1/models', '/health', '/metrics'];

function countRequests({ metrics }: ServerState) {
  return async (context: Context, next: () => Promise<void>): Promise<void> => {
    await next();
    const { path } = context.req;
    const route = routes.find((each) => path === each || path.startsWith(`${each}/`)) ?? 'other';
    metrics.add('llm_requests_total', { route, status: String(context.res.status) });
  };
}

function checkOptions({ assistants, token, pages }: ServerOptions): void {
  const refuse = (message: string): never => {
    throw new LlmError({ code: 'assistant/server-options', message });
  };
  if (assistants.length === 0 && pages === undefined)
    refuse('A server needs an assistant; the list is empty.');
  const names = assistants.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse(`Two assistants are named "${twice}": clients could not tell them apart.`);
  if (token !== undefined && !/^[\w.~+/-]+=*$/.test(token))
    refuse('The token must be letters, digits and "-._~+/" (then "="), as HTTP headers carry it; not empty.');
}
