/** Characters of a text by their place in UTF-16 units. */

/** The character at a position; half a pair counts as the U+FFFD that encoding makes of it. */
export function codePointAt(text: string, position: number): number {
  const codePoint = text.codePointAt(position)!;
  return codePoint >= 0xd800 && codePoint < 0xe000 ? 0xfffd : codePoint;
}

export function widthAt(text: string, position: number): number {
  return position < text.length && text.codePointAt(position)! > 0xffff ? 2 : 1;
}

export function widthBefore(text: string, position: number): number {
  const isPair =
    position > 1 &&
    (text.charCodeAt(position - 1) & 0xfc00) === 0xdc00 &&
    (text.charCodeAt(position - 2) & 0xfc00) === 0xd800;
  return isPair ? 2 : 1;
}
