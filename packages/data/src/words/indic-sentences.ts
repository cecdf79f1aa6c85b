/**
 * Sentences of the languages of India as IndicNLP (MIT) splits them: behind danda, `?` and `!`, or, in a text
 * without a danda, behind full stops, but not initials and honorifics. Left out: initials in Sinhala.
 */
import { strip } from './python-text.js';

const danda = /[?!\u0964\u0965]/g;
const anyEnd = /[.?!\u0964\u0965\uaaf0\uaaf1\uabeb-\uabef\u1c7e\u1c7f]/g;
/** Languages that end sentences with a danda. */
const withDanda = new Set('as bn hi ne or pa sa sd'.split(' '));
/** First character of the script; the others are Devanagari. */
const scripts: Readonly<Record<string, number>> = {
  ...{ pa: 0xa00, gu: 0xa80, or: 0xb00, ta: 0xb80, te: 0xc00, kn: 0xc80, ml: 0xd00, as: 0x980, bn: 0x980 },
};
/** Names of Latin letters, single letters and honorifics, in Devanagari. */
const initials = new Set(
  (
    'बी बि सी सि डी डि ई इ एफ ऎफ जी जि एच ऎच आई आइ जे जॆ के कॆ एल ऎल एम ऎम एन ऎन पी पि क्यू क्यु आर एस ऎस टी टि यू यु वी वि व्ही व्हि ' +
    'डब्ल्यू डब्ल्यु एक्स ऎक्स वाय जेड ज़ेड एफ् ऎफ् एच् ऎच् एल् ऎल् एम् ऎम् एन् ऎन् आर् एस् ऎस् एक्स् ऎक्स् वाय् जेड् ज़ेड् श्री डॉ कु चि सौ ' +
    'ऄ अ आ उ ऊ ऋ ऌ ऍ ऎ ए ऐ ऑ ऒ ओ औ ॠ ॡ क ख ग घ ङ च छ ज झ ञ ट ठ ड ढ ण त थ द ध न ऩ प फ ब भ म य र ऱ ल ळ ऴ व श ष स ह'
  ).split(' '),
);

interface Piece {
  readonly start: number;
  readonly end: number;
}

/** Pieces of the text, those of one sentence parted at a full stop that ends none. `language` as `hi`. */
export function indicSentences(text: string, language: string): readonly (readonly Piece[])[] {
  const isDanda = withDanda.has(language) && /[\u0964\u0965]/.test(text);
  const pieces = cutAt(text, isDanda ? danda : anyEnd);
  if (isDanda) return pieces.map((piece) => [piece]);
  const sentences: Piece[][] = [];
  let open: Piece[] = [];
  let goesOn = false;
  const close = (): void => {
    if (open.length > 0) sentences.push(open);
    open = [];
  };
  for (const piece of pieces) {
    const sentence = text.slice(piece.start, piece.end);
    const lastWord = sentence.slice(sentence.lastIndexOf(' ') + 1);
    if (sentence.endsWith('.') && !sentence.includes(' ')) {
      open.push(piece);
      goesOn = true;
    } else if (sentence.endsWith('.') && initials.has(inDevanagari(lastWord.slice(0, -1), language))) {
      // IndicNLP loses what it had begun to put together.
      if (goesOn) open = [];
      close();
      open = [piece];
      goesOn = true;
    } else {
      if (!goesOn) close();
      open.push(piece);
      if (goesOn) close();
      goesOn = false;
    }
  }
  close();
  return sentences;
}

function cutAt(text: string, ends: RegExp): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  const take = (end: number): void => {
    const piece = text.slice(start, end);
    const stripped = strip(piece);
    if (stripped !== '') {
      const from = start + piece.indexOf(stripped[0]!);
      pieces.push({ start: from, end: from + stripped.length });
    }
    start = end;
  };
  for (const { index } of text.matchAll(ends)) {
    if (index > 0 && /\p{N}/u.test(text[index - 1]!)) continue;
    take(index + 1);
  }
  take(text.length);
  return pieces;
}

function inDevanagari(word: string, language: string): string {
  const base = scripts[language];
  if (base === undefined) return word;
  return word.replace(/[^\0-\x7f\u0964\u0965]/g, (letter) => {
    const offset = letter.charCodeAt(0) - base;
    return offset >= 0 && offset <= 0x6f ? String.fromCharCode(0x900 + offset) : letter;
  });
}
