/**
 * The studio's server: the page's files, the API over runs, and a description of it. `llm studio` mounts it
 * beside the OpenAI API of @llm/assistant.
 */
import { serveStatic } from '@hono/node-server/serve-static';
import { LlmError } from '@llm/core';
import type { ApiProblem } from '@llm/studio/wire';
import { Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { RunCatalog } from '../runs/run-catalog.js';
import { apiDescription, apiPage } from './api-page.js';
import type { ApiRoute } from './api-route.js';
import { dataRoutes } from './data-routes.js';
import { rolloutRoutes } from './rollout-routes.js';
import { runRoutes } from './run-routes.js';
import { refuseForeignPages, siteHeaders } from './security.js';
import { requireToken } from './token-door.js';
import { voteRoutes } from './vote-routes.js';

export interface StudioOptions {
  readonly catalog: RunCatalog;
  /** The folder of the built page; undefined: only the API. */
  readonly site?: string | undefined;
  /** What a request must carry. Default: none, for a server that only this machine reaches. */
  readonly token?: string | undefined;
  /** Beside those over runs. */
  readonly routes?: readonly ApiRoute[] | undefined;
}

export function createStudio({ catalog, site, token, routes: others = [] }: StudioOptions): Hono {
  const routes = [
    ...runRoutes(catalog),
    ...dataRoutes(catalog),
    ...rolloutRoutes(catalog),
    ...voteRoutes(catalog),
    ...others,
  ];
  const app = new Hono();
  app.use(siteHeaders());
  app.use('/api/*', refuseForeignPages());
  if (token !== undefined) requireToken(app, token);
  app.get('/api', (context) =>
    context.req.header('accept')?.includes('text/html') === true
      ? context.html(apiPage(routes))
      : context.json(apiDescription(routes)),
  );
  for (const { method, path, answer } of routes) app.on(method, `/api${path}`, answer);
  app.all('/api/*', (context) => {
    const message = `There is no ${context.req.method} ${context.req.path.slice(0, 200)} here; GET /api says what there is.`;
    return problem('pipeline/no-such-route', message, 404);
  });
  if (site !== undefined) {
    // Their names change with their content.
    for (const hashed of ['/assets/*', '/workers/*'])
      app.use(hashed, async (context, next) => {
        await next();
        if (context.res.ok) context.res.headers.set('cache-control', 'public, max-age=31536000, immutable');
      });
    app.get('*', serveStatic({ root: site, precompressed: true }));
  }
  app.onError((error) => {
    if (!LlmError.isInstance(error)) throw error;
    return problem(error.code, error.message, statusOf(error.code));
  });
  return app;
}

function statusOf(code: string): ContentfulStatusCode {
  if (code === 'pipeline/token-required') return 401;
  return /-(unknown|missing|not-found)$|\/no-/.test(code) ? 404 : /-busy$/.test(code) ? 409 : 400;
}

function problem(code: string, message: string, status: ContentfulStatusCode): Response {
  const body: ApiProblem = { error: { code, message } };
  return Response.json(body, { status });
}
