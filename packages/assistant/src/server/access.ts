/**
 * Who may ask. With a token: who has it. Without one the server is for this machine alone, and a page in its
 * browser must not reach it under a name of its own that resolves to 127.0.0.1 (DNS rebinding): the name
 * asked for must be a loopback one, or one that was allowed.
 */
import type { MiddlewareHandler } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import { parse } from 'hono/utils/cookie';
import { ApiError } from './api-error.js';

/** `localhost`, its subdomains, 127.0.0.0/8 and ::1. */
export function isLoopback(host: string): boolean {
  return /^(localhost|(.+\.)?localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}

/** `cookie`: the name of one that may carry the token, too. */
export function requireToken(token: string, cookie?: string): MiddlewareHandler {
  const message = new ApiError({
    status: 401,
    message: 'Send the token of this server as `Authorization: Bearer TOKEN`.',
    code: 'invalid_api_key',
  }).body();
  const bearer = bearerAuth({
    verifyToken: (given) => sameToken(given, token),
    noAuthenticationHeader: { message },
    invalidAuthenticationHeader: { message },
    invalidToken: { message },
  });
  return async (context, next) => {
    if (await carriesToken(context.req.raw.headers, token, cookie)) return next();
    return bearer(context, next);
  };
}

/** Whether a request has the token, as `Authorization: Bearer` or in the cookie: for routes of one's own. */
export async function carriesToken(headers: Headers, token: string, cookie?: string): Promise<boolean> {
  const [, bearer] = /^Bearer +(\S+) *$/.exec(headers.get('authorization') ?? '') ?? [];
  if (bearer !== undefined && (await sameToken(bearer, token))) return true;
  const given = cookie === undefined ? undefined : parse(headers.get('cookie') ?? '', cookie)[cookie];
  return given !== undefined && sameToken(given, token);
}

export function requireHost(allowed: readonly string[]): MiddlewareHandler {
  return async (context, next) => {
    const { hostname } = new URL(context.req.url);
    if (!isLoopback(hostname) && !allowed.includes(hostname)) {
      throw new ApiError({
        status: 403,
        message: `This server does not answer to the host "${hostname}"; without a token it serves this machine alone.`,
        code: 'host_not_allowed',
      });
    }
    await next();
  };
}

/** Digests are compared, so that the time taken tells nothing of the token. */
async function sameToken(given: string, token: string): Promise<boolean> {
  const [a, b] = await Promise.all([given, token].map(digest));
  return a === b;
}

async function digest(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return new Uint8Array(bytes).join(' ');
}
