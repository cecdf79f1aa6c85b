/** Cuts text into words. */
export interface WordCutter {
  /** Punctuation marks are words of their own; white space is none. */
  words(text: string): readonly string[];
  /** The tokens of a piece of text without white space; put together they are the piece. */
  pieceTokens(piece: string): readonly string[];
}
