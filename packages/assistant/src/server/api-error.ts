/** What went wrong as OpenAI's clients read it: a status and `{ error: { message, type, param, code } }`. */
import { LlmError } from '@llm/core';

export interface ApiErrorOptions {
  readonly status: number;
  readonly message: string;
  /** The field of the body that is at fault. */
  readonly param?: string | undefined;
  readonly code?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export class ApiError extends Error {
  readonly status: number;
  readonly param: string | null;
  readonly code: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor({ status, message, param, code, headers }: ApiErrorOptions) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.param = param ?? null;
    this.code = code ?? null;
    this.headers = headers ?? {};
  }

  body(): object {
    const { message, param, code } = this;
    return { error: { message, type: typeOf(this.status), param, code } };
  }

  response(): Response {
    return Response.json(this.body(), { status: this.status, headers: this.headers });
  }
}

/** A field of the body that cannot be taken. */
export function invalidRequest(param: string, message: string, code = 'invalid_value'): ApiError {
  return new ApiError({ status: 400, message, param, code });
}

/** The caller's mistakes become 400; what is ours is 500 and tells no more than its code. */
export function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (isAbort(error)) return new ApiError({ status: 499, message: 'The client left.', code: 'client_left' });
  if (LlmError.isInstance(error)) {
    const { code, message } = error;
    if (code.endsWith('/prompt-too-long'))
      return new ApiError({ status: 400, message, code: 'context_length_exceeded' });
    if (callersMistakes.some((beginning) => code.startsWith(beginning)))
      return new ApiError({ status: 400, message, code });
    return new ApiError({ status: 500, message: 'The model failed; see the log of the server.', code });
  }
  return new ApiError({ status: 500, message: 'The server failed; see its log.', code: 'internal_error' });
}

/** Beginnings of the codes of errors that another request would not have had. */
const callersMistakes = ['core/option-invalid', 'model/prompt-', 'tokenizer/', 'assistant/'];

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error';
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
