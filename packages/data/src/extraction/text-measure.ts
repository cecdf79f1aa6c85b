/** Lengths in UTF-16 units, a run of white space counting one. */
export interface TextMeasure {
  readonly length: number;
  readonly startsBlank: boolean;
  /** Commas, full stops and semicolons. */
  readonly marks: number;
  /** The last character that is not white space, or 0. */
  readonly last: number;
}

const blankText: TextMeasure = { length: 1, startsBlank: true, marks: 0, last: 0 };

export function measureText(text: string): TextMeasure {
  let length = 0;
  let marks = 0;
  let last = 0;
  let blank = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code === 160) {
      if (!blank) length++;
      blank = true;
      continue;
    }
    blank = false;
    length++;
    last = code;
    // , . ; and their Arabic, ideographic and full-width forms
    if (code === 44 || code === 46 || code === 59) marks++;
    else if (code > 0x60b && (code === 0x60c || code === 0x3001 || code === 0x3002 || code === 0xff0c))
      marks++;
  }
  if (last === 0) return blankText;
  const first = text.charCodeAt(0);
  return { length, startsBlank: first <= 32 || first === 160, marks, last };
}
