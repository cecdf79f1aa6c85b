/** One generation as parts: from a prompt to where the model, or a stop string, ends it. */
import type { Completion, TokenScores } from '@llm/core';
import type { BpeTokenizer } from '@llm/tokenizer';
import type { AnswerPart, TokenReport } from '../assistant.js';
import { type AnswerPiece, AnswerReader, type AnswerReaderOptions } from './answer-reader.js';
import type { ControlCharacters } from './control-characters.js';
import { type RowOptions, streamTokens } from './token-stream.js';

export interface RowSource {
  readonly model: Parameters<typeof streamTokens>[0];
  readonly tokenizer: BpeTokenizer;
  readonly controls: ControlCharacters;
}

export interface AnswerRowOptions extends RowOptions {
  readonly reader: AnswerReaderOptions;
  /** Ids at the end of the prompt that the answer begins with. Default: none. */
  readonly begin?: ArrayLike<number> | undefined;
  /** Report each token. */
  readonly reports: boolean;
  /** Report the one that ends the row, too. Default false. */
  readonly reportsStop?: boolean | undefined;
  /** Ends the row as a stop token would, without one. */
  readonly isComplete?: (() => boolean) | undefined;
  /** Ends the row after this piece. */
  readonly endsAfter?: ((piece: AnswerPiece) => boolean) | undefined;
}

export interface RowEnd {
  readonly reason: Completion['stopReason'];
  /** All that was drawn, stop token included. */
  readonly ids: readonly number[];
}

export type RowPart = AnswerPiece | Extract<AnswerPart, { readonly type: 'tokens' }>;

export async function* answerRow(
  { model, tokenizer, controls }: RowSource,
  prompt: Int32Array,
  { reader: readerOptions, begin, reports, reportsStop, isComplete, endsAfter, ...options }: AnswerRowOptions,
): AsyncGenerator<RowPart, RowEnd, undefined> {
  const reader = new AnswerReader(tokenizer, controls, readerOptions);
  const ids: number[] = [];
  let reported: TokenReport[] = [];
  function* reportsOf(): Generator<RowPart> {
    if (reported.length > 0) yield { type: 'tokens', tokens: reported };
    reported = [];
  }
  for (const id of Array.from(begin ?? [])) yield* reader.push(id);
  const tokens = streamTokens(model, prompt, options);
  try {
    for (;;) {
      const next = await tokens.next();
      if (next.done) {
        yield* reader.end();
        yield* reportsOf();
        return { reason: reader.isStopped ? 'stop' : next.value, ids };
      }
      const { id } = next.value;
      ids.push(id);
      const ends = options.stopTokens?.includes(id) === true;
      const pieces = ends && reportsStop ? [] : reader.push(id);
      if (reports && (reportsStop || !ends)) reported.push(reportOf(tokenizer, id, next.value));
      yield* pieces;
      if (pieces.length > 0) yield* reportsOf();
      if (!reader.isStopped && !isComplete?.() && !pieces.some((piece) => endsAfter?.(piece))) continue;
      if (!reader.isStopped) yield* reader.end();
      yield* reportsOf();
      return { reason: 'stop', ids };
    }
  } finally {
    await tokens.return('stop');
  }
}

function reportOf(tokenizer: BpeTokenizer, id: number, { logProbability, top }: TokenScores): TokenReport {
  const bytesOf = (token: number): Uint8Array =>
    token < tokenizer.vocabularySize ? tokenizer.tokenBytes(token) : new Uint8Array();
  return {
    id,
    bytes: bytesOf(id),
    logProbability,
    top: top.map((other) => ({ ...other, bytes: bytesOf(other.id) })),
  };
}
