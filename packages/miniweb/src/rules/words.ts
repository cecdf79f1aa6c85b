/**
 * Words and sentences close to spaCy's blank English tokenizer with its sentencizer, which the FineWeb rules
 * count with. Left out: contraction exceptions and URL matching. The generator keeps its distance from every
 * threshold, so the difference decides no page.
 */
const opening = /^(?:\.\.+|[…"'“”‘’„([{<*#$€£&%=+•–—~^`_|/\\-])/;
const closing = /(?:\.\.+|'s|’s|[…"'“”‘’,.;:!?)\]}>*%&=+•–—~^`_|/\\#$€£-])$/;
const infix =
  /(?<=\p{L})(?:--+|[-–—~/])(?=\p{L})|(?<=\d)[-+*^](?=\d)|(?<=\p{Ll})\.(?=\p{Lu})|(?<=\p{L}),(?=\p{L})|\.\.+|…/gu;
const email = /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+/;

export function splitWords(text: string): string[] {
  const words: string[] = [];
  for (const chunk of text.split(/\s+/u)) {
    if (chunk === '') continue;
    if (/^[\p{L}\p{N}]+$/u.test(chunk)) {
      words.push(chunk);
      continue;
    }
    // Most other chunks: a word and one sign after it.
    const last = chunk.at(-1)!;
    if (',.!?:;'.includes(last) && /^[\p{L}\p{N}]+$/u.test(chunk.slice(0, -1))) {
      words.push(chunk.slice(0, -1), last);
      continue;
    }
    let core = chunk;
    const tail: string[] = [];
    for (let match = opening.exec(core); match !== null && core.length > 0; match = opening.exec(core)) {
      words.push(match[0]);
      core = core.slice(match[0].length);
    }
    for (let match = closing.exec(core); match !== null && core.length > 0; match = closing.exec(core)) {
      tail.unshift(match[0]);
      core = core.slice(0, -match[0].length);
    }
    if (core !== '') {
      if (email.test(core)) words.push(core);
      else words.push(...splitInfixes(core));
    }
    words.push(...tail);
  }
  return words;
}

function splitInfixes(core: string): string[] {
  const words: string[] = [];
  let start = 0;
  for (const match of core.matchAll(infix)) {
    if (match.index > start) words.push(core.slice(start, match.index));
    words.push(match[0]);
    start = match.index + match[0].length;
  }
  if (start < core.length) words.push(core.slice(start));
  return words;
}

/** A sentence ends after a run of `.`, `!` or `?` tokens. */
export function countSentences(words: readonly string[]): number {
  let count = 0;
  let open = false;
  let ended = false;
  for (const word of words) {
    const stop = word === '.' || word === '!' || word === '?';
    const symbol = !/[\p{L}\p{N}]/u.test(word);
    if (ended && !symbol) {
      count++;
      ended = false;
      open = true;
    } else if (stop) ended = true;
    else open = true;
  }
  return count + (open || ended ? 1 : 0);
}

/** Code points, as Python's `len`. */
export function codePoints(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) !== 0xdc00) count++;
  return count;
}

const symbols = new Set(
  '!/—”:％１〈&(、━\\【#%「」，】；+^]~“《„\';’{|∶´[=-`*．（–？！：$～«〉,><》)?）。…@_."}►»•',
);

/** Whether a word has a character that is not punctuation. */
export function isWordy(word: string): boolean {
  for (const character of word) if (!symbols.has(character)) return true;
  return false;
}
