/** A route of the API together with what `GET /api` says of it, so that none is without a word. */
import type { Context } from 'hono';

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/api`, in Hono's form: `/runs/:id`. */
  readonly path: string;
  /** One or two sentences: what it answers. */
  readonly about: string;
  /** Query parameters, headers or fields of the body, by name. */
  readonly takes?: Readonly<Record<string, string>> | undefined;
  readonly answer: (context: Context) => Response | Promise<Response>;
}
