/** What an answer brings in one event: a part, and the tokens that are reported with it. */
import type { AnswerPart, TokenReport } from '../../assistant.js';
import type { ChoicePart } from './answer-feed.js';

export interface Piece {
  readonly choice: number;
  readonly part: Exclude<AnswerPart, { type: 'tokens' }>;
  /** Empty unless log-probabilities were asked for. */
  readonly tokens: readonly TokenReport[];
}

/** Joins each part with its tokens. Where these are `reported`, a part waits until they have come. */
export async function* piecesOf(
  feed: AsyncIterable<ChoicePart>,
  reported: boolean,
): AsyncGenerator<Piece, void, undefined> {
  const held = new Map<number, Piece>();
  for await (const { choice, part } of feed) {
    const before = held.get(choice);
    if (part.type === 'tokens') {
      // A token of which no text is seen yet has no part of its own.
      const { part: shown, tokens } = before ?? { part: { type: 'text', text: '' } as const, tokens: [] };
      held.set(choice, { choice, part: shown, tokens: [...tokens, ...part.tokens] });
      continue;
    }
    if (before !== undefined) yield before;
    const piece: Piece = { choice, part, tokens: [] };
    if (reported && part.type !== 'end') held.set(choice, piece);
    else {
      held.delete(choice);
      yield piece;
    }
  }
}
