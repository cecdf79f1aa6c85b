/** Cuts a text into words, punctuation marks being words of their own: a dictionary that a caller brings. */
export type CutWords = (text: string) => readonly string[];

/** What a run was made with, as its data card says it. */
export function nameOfWords(words: string | CutWords): string {
  return typeof words === 'string' ? words : `own words${words.name === '' ? '' : ` (${words.name})`}`;
}
