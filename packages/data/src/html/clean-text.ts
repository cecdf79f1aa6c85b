/**
 * Characters that are never seen: controls (NUL among them), soft hyphens, zero-width spaces, marks of byte
 * order and of writing direction. Joiners stay: they change how Persian, the scripts of India and emoji look.
 */
const invisible =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\0-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]/;
const allInvisible = new RegExp(invisible.source, 'g');

export function cleanText(text: string): string {
  return invisible.test(text) ? text.replace(allInvisible, '') : text;
}
