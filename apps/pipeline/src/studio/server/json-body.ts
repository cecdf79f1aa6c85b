/** The body of a request that changes something. */
import { LlmError } from '@llm/core';
import type { Context } from 'hono';

/** A form of another page cannot send this type without asking first. Throws `pipeline/job-invalid`. */
export async function bodyOf(context: Context): Promise<unknown> {
  if (context.req.header('content-type')?.startsWith('application/json') !== true)
    throw new LlmError({ code: 'pipeline/job-invalid', message: 'Send the body as application/json.' });
  try {
    return await context.req.json();
  } catch {
    throw new LlmError({ code: 'pipeline/job-invalid', message: 'The body is no JSON.' });
  }
}
