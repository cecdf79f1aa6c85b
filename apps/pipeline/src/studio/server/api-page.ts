/** `GET /api`: what the API answers, as a page, or as JSON for programs. */
import { html } from 'hono/html';
import type { ApiRoute } from './api-route.js';

export function apiDescription(routes: readonly ApiRoute[]): object {
  return {
    routes: routes.map(({ method, path, about, takes = {} }) => ({
      method,
      path: `/api${path}`,
      about,
      takes,
    })),
    also: 'The OpenAI API of llm serve at /v1/ (models, chat/completions, completions), /health and /metrics.',
    errors: 'Answers that are errors have the body {"error": {"code", "message"}}; codes are stable.',
  };
}

export function apiPage(routes: readonly ApiRoute[]): string {
  const rows = routes.map(
    ({ method, path, about, takes = {} }) => html`
      <section>
        <h2><code>${method} /api${path}</code></h2>
        <p>${about}</p>
        ${
          Object.keys(takes).length === 0
            ? ''
            : html`<dl>${Object.entries(takes).map(([name, text]) => html`<dt><code>${name}</code></dt><dd>${text}</dd>`)}</dl>`
        }
      </section>`,
  );
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="color-scheme" content="light dark" />
        <title>The studio's API</title>
      </head>
      <body>
        <h1>The studio's API</h1>
        <p>
          What the studio's page uses, and all it uses: another page or program can do the same. Paths are of this
          server. Answers that are errors have the body <code>{"error": {"code", "message"}}</code>; codes are
          stable. Models answer over the OpenAI API at <code>/v1/</code>, as with <code>llm serve</code>.
        </p>
        ${rows}
      </body>
    </html>`;
  return page.toString();
}
