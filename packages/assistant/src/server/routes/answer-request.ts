/** How a request is answered, whole or as a stream, and how it ends in either case. */

import type { AnswerPart } from '../../assistant.js';
import { eventStream } from '../answers/event-stream.js';
import { type Piece, piecesOf } from '../answers/pieces.js';
import { invalidRequest } from '../api-error.js';
import { startAnswers } from '../generation.js';
import type { SamplingFields } from '../requests/answer-options.js';
import type { RunningRequest } from '../running-requests.js';
import type { ServerState } from '../server-state.js';

export interface AnsweredRequest {
  /** For the report of a failure. */
  readonly route: string;
  readonly fields: SamplingFields;
  readonly logProbabilities: boolean;
  readonly choices: readonly (() => AsyncIterable<AnswerPart>)[];
  readonly whole: (pieces: AsyncIterable<Piece>) => Promise<object>;
  readonly chunks: (pieces: AsyncIterable<Piece>) => AsyncGenerator<object, void, undefined>;
}

export async function answerRequest(
  state: ServerState,
  request: RunningRequest,
  { route, fields, logProbabilities, choices, whole, chunks }: AnsweredRequest,
): Promise<Response> {
  const feed = await startAnswers(state, request, fields.model, choices);
  const pieces = piecesOf(feed, logProbabilities);
  if (fields.stream === true) {
    return eventStream(chunks(pieces), {
      failed: (error) => state.report(request.failure(error), route),
      end: () => request.end(),
    });
  }
  const body = await whole(pieces);
  request.end();
  return Response.json(body);
}

/** Throws 400 for more choices than the server makes, and for options of a stream without one. */
export function checkChoices({ limits }: ServerState, fields: SamplingFields, prompts: number): number {
  const choices = fields.n ?? 1;
  if (prompts * choices > limits.choices) {
    const message = `${prompts} prompts × ${choices} choices are more than the ${limits.choices} of one request.`;
    throw invalidRequest(choices > 1 ? 'n' : 'prompt', message);
  }
  if (fields.stream_options !== undefined && fields.stream !== true)
    throw invalidRequest('stream_options', 'stream_options is only allowed with stream: true.');
  return choices;
}

/** `chatcmpl-` or `cmpl-` and 32 digits. */
export function newId(prefix: string): string {
  return `${prefix}-${crypto.randomUUID().replaceAll('-', '')}`;
}

export function secondsNow(): number {
  return Math.floor(Date.now() / 1000);
}
