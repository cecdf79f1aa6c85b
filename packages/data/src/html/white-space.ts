/** White space at the edges of the modes that allow nothing else. */
import type { TreeConstruction } from './tree-construction.js';

/** How many characters at the start are white space of HTML. */
export function leadingSpace(text: string): number {
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 10 && code !== 9 && code !== 12 && code !== 13) break;
    at++;
  }
  return at;
}

/** Of a text the white space, where nothing else may stand. */
export function insertSpace(page: TreeConstruction, text: string): void {
  const space = text.replace(/[^\t\n\f\r ]+/g, '');
  if (space !== '') page.insertText(space);
}
