/**
 * Takes out what no reader of a text sees and no tokenizer should learn: controls (but tab and line ends),
 * soft hyphens and byte order marks. Zero-width spaces and joiners stay: they divide words in Khmer and Thai
 * and shape them in Persian and Hindi.
 */
export function cleanText(text: string): string {
  return hidden.test(text) ? text.replace(allHidden, '') : text;
}

const hidden = /[^\P{Cc}\t\n\f\r\u0085]|[\u00ad\ufeff]/u;
const allHidden = new RegExp(hidden.source, 'gu');
