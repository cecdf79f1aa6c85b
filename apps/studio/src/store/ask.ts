/** Asks the server. What goes wrong is a `Problem` whose message a person can be shown. */
import type { ApiProblem } from '../wire/index.js';
import { isStatic } from './site.js';

export class Problem extends Error {
  /** `studio/no-answer` where the server could not be reached. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'Problem';
    this.code = code;
  }
}

/** `runs/x/files/y` → its address; the page may lie at any path. */
export function apiUrl(path: string): string {
  const isAnswer = isStatic && !/\/files(\/|$)/.test(path);
  return new URL(`api/${path}${isAnswer ? '.json' : ''}`, document.baseURI).href;
}

export async function ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await askFor(path, init);
  return (await response.json()) as Answer;
}

/** The response itself: a file, or a range of one. Throws `Problem` for everything but success. */
export async function askFor(path: string, init: RequestInit = {}): Promise<Response> {
  if (isStatic && (path.includes('?') || (init.method ?? 'GET') !== 'GET'))
    throw new Problem(
      'studio/no-server',
      'This page is a copy without a server. On the machine of the run, `llm studio` does this, too.',
    );
  let response: Response;
  try {
    response = await fetch(apiUrl(path), init);
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new Problem('studio/no-answer', 'The server does not answer. Is `llm studio` still running?');
  }
  if (response.ok) return response;
  if (isStatic) throw new Problem('studio/not-exported', 'This is not part of the copy that the page is.');
  const body = (await response.json().catch(() => undefined)) as Partial<ApiProblem> | undefined;
  throw new Problem(
    body?.error?.code ?? 'studio/failed',
    body?.error?.message ?? `The server answered ${response.status}.`,
  );
}

/** A body for `ask`, as JSON. */
export function jsonBody(value: unknown): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  };
}
