/**
 * A string with characters of its own. A piece that was sliced out of a text keeps the whole text in memory:
 * what outlives a page must not be one.
 */
export function ownString(text: string): string {
  // Shorter pieces are copied by the engine.
  return text.length < 13 ? text : ` ${text}`.slice(1);
}
