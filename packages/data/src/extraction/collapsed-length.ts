/** The length of a text in UTF-16 units, a run of white space counting one. */
export function collapsedLength(text: string): number {
  let length = 0;
  let blank = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isBlank = code <= 32 || code === 160;
    if (!isBlank || !blank) length++;
    blank = isBlank;
  }
  return length;
}
