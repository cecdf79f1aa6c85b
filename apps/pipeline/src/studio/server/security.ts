/**
 * What the page may do. Texts of crawls, models and files are shown in it, so nothing in it runs but its own
 * scripts: no inline script, style or handler, no markup from strings (Trusted Types), nothing from other
 * hosts. Workers have the same and may compile WebAssembly besides, for they never hold a document. Isolated
 * from other origins, so that threads of WebAssembly can share memory.
 */
import type { MiddlewareHandler } from 'hono';

const policy = (scripts: string): string =>
  [
    "default-src 'none'",
    `script-src ${scripts}`,
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self' blob:",
    "worker-src 'self'",
    // Pages of a crawl, as a browser lays them out: made by the page itself, in a sandbox.
    'frame-src blob:',
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types svelte-trusted-html studio',
  ].join('; ');

export const pagePolicy: string = policy("'self'");
/** Where models of the hub and their files lie; a worker holds no text of others that could ask for more. */
const hub = 'https://huggingface.co https://*.huggingface.co https://*.hf.co';
const workerPolicy = policy("'self' 'wasm-unsafe-eval'")
  .replace(/; require-trusted-types-for.*$/, '')
  .replace("connect-src 'self' blob:", `connect-src 'self' blob: ${hub}`);

/** For the site's files; `/workers/` holds the scripts that run without a document. */
export function siteHeaders(): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const { headers } = context.res;
    if (!headers.has('content-security-policy'))
      headers.set(
        'content-security-policy',
        context.req.path.startsWith('/workers/') ? workerPolicy : pagePolicy,
      );
    headers.set('cross-origin-opener-policy', 'same-origin');
    headers.set('cross-origin-embedder-policy', 'require-corp');
    headers.set('cross-origin-resource-policy', 'same-origin');
    headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=()');
    headers.set('referrer-policy', 'no-referrer');
    headers.set('x-content-type-options', 'nosniff');
  };
}

/**
 * Pages of other origins may send requests without asking (forms, images). What changes something is only
 * taken from our own page, or from programs that are no browser.
 */
export function refuseForeignPages(): MiddlewareHandler {
  return async (context, next) => {
    const { method } = context.req;
    const site = context.req.header('sec-fetch-site');
    const origin = context.req.header('origin');
    const isForeign =
      (site !== undefined && site !== 'same-origin' && site !== 'none') ||
      (origin !== undefined && origin !== new URL(context.req.url).origin);
    if (isForeign && method !== 'GET' && method !== 'HEAD')
      return context.json(
        { error: { code: 'pipeline/foreign-page', message: 'Pages of other origins may not ask for that.' } },
        403,
      );
    await next();
    return undefined;
  };
}
