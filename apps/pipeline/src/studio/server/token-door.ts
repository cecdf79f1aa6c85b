/**
 * A studio that others can reach asks for its token. Programs send it as `Authorization: Bearer`; the page is
 * given it once, in its address (`/?token=…`, which `llm studio` prints) or in its form, and the browser
 * keeps it in a cookie that no script reads and no other site sends. The page's files are no secret.
 */
import { carriesToken } from '@llm/assistant/server';
import { LlmError } from '@llm/core';
import type { Context, Hono } from 'hono';
import { setCookie } from 'hono/cookie';

export const tokenCookie = 'llm-studio-token';

/** A token is guessed by trying: after so many in a minute nobody is let in until it is over. */
const mostTries = 30;
const minute = 60_000;

export function requireToken(app: Hono, token: string): void {
  let tries = 0;
  let since = Date.now();
  const letIn = async (context: Context, given: string): Promise<boolean> => {
    if (Date.now() - since > minute) [tries, since] = [0, Date.now()];
    if (++tries > mostTries) throw refusal('Too many tries: wait a minute.');
    const headers = new Headers({ authorization: `Bearer ${given.replaceAll(/[^\x21-\x7e]/g, '')}` });
    if (!(await carriesToken(headers, token))) return false;
    tries = 0;
    setCookie(context, tokenCookie, token, {
      ...{ httpOnly: true, sameSite: 'Strict', path: '/' },
      secure: new URL(context.req.url).protocol === 'https:',
    });
    return true;
  };
  app.get('/', async (context, next) => {
    const given = context.req.query('token');
    if (given === undefined) return next();
    await letIn(context, given);
    // Out of the address, the history and what is shown to others.
    return context.redirect('./');
  });
  app.post('/api/session', async (context) => {
    const body = (await context.req.json().catch(() => undefined)) as
      | { readonly token?: unknown }
      | undefined;
    if (typeof body?.token !== 'string' || !(await letIn(context, body.token)))
      throw refusal('This is not the token that the server was started with.');
    return context.body(null, 204);
  });
  app.use('/api/*', async (context, next) => {
    if (!(await carriesToken(context.req.raw.headers, token, tokenCookie)))
      throw refusal('This server asks for the token that it was started with: llm studio --token.');
    await next();
  });
}

const refusal = (message: string): LlmError => new LlmError({ code: 'pipeline/token-required', message });
