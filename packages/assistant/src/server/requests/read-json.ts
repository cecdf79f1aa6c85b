/** The body of a request as JSON: never more of it than allowed, nor a nesting that no stack holds. */
import type { JsonValue } from '@llm/core';
import { ApiError } from '../api-error.js';

const deepest = 128;

export async function readJson(request: Request, limit: number): Promise<JsonValue> {
  const type = request.headers.get('content-type') ?? '';
  // Also what keeps a page on another site from posting here: a browser asks before it sends this type.
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new ApiError({
      status: 415,
      message: `The content type is "${type}"; send \`Content-Type: application/json\`.`,
      code: 'unsupported_content_type',
    });
  }
  const text = decoded(await bodyOf(request, limit));
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    throw malformed(`The body is not JSON: ${(error as Error).message}`);
  }
  if (nesting(text) > deepest) throw malformed(`The body is nested deeper than ${deepest} levels.`);
  return value;
}

async function bodyOf(request: Request, limit: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw tooLarge(limit);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (;;) {
    const { done = true, value } = (await reader?.read()) ?? {};
    if (done || value === undefined) break;
    size += value.length;
    if (size > limit) {
      // Not awaited: the rest is the connection's business, which discards it for a moment and closes.
      void reader!.cancel().catch(() => {});
      throw tooLarge(limit);
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('The body is not UTF-8.');
  }
}

/** Of well-formed JSON text. */
function nesting(text: string): number {
  let depth = 0;
  let most = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (inString) {
      if (c === 92) i++;
      else if (c === 34) inString = false;
    } else if (c === 34) inString = true;
    else if (c === 91 || c === 123) most = Math.max(most, ++depth);
    else if (c === 93 || c === 125) depth--;
  }
  return most;
}

function malformed(message: string): ApiError {
  return new ApiError({ status: 400, message, code: 'malformed_body' });
}

function tooLarge(limit: number): ApiError {
  return new ApiError({
    status: 413,
    message: `The body is larger than ${limit} bytes.`,
    code: 'body_too_large',
  });
}
