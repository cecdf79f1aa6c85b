import { repairText } from '../repair/repair-text.js';

/**
 * Takes out what no reader of a text sees and no tokenizer should learn: controls (but tab and line ends),
 * soft hyphens and byte order marks. Zero-width spaces and joiners stay: they divide words in Khmer and Thai
 * and shape them in Persian and Hindi. Controls above ASCII are halves of letters, read in the wrong
 * encoding: the letters are put together before half of them would go.
 */
export function cleanText(text: string): string {
  const whole = half.test(text) ? repairText(text, { entities: false }) : text;
  return hidden.test(whole) ? whole.replace(allHidden, '') : whole;
}

/** U+0085 is a line end. */
const half = /[\x80-\x84\x86-\x9f]/;
const hidden = /[^\P{Cc}\t\n\f\r\u0085]|[\u00ad\ufeff]/u;
const allHidden = new RegExp(hidden.source, 'gu');
