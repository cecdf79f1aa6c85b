/** Where the text of an element that holds no markup ends, and where a comment does. */

const isDelimiter = (code: number): boolean =>
  code === 62 || code === 47 || code === 32 || code === 10 || code === 9 || code === 12;

/** Start of the end tag `</name` at or after `from`; the length of the page when there is none. */
export function rawTextEnd(html: string, from: number, name: string): number {
  for (let at = html.indexOf('</', from); at >= 0; at = html.indexOf('</', at + 2)) {
    const end = at + 2 + name.length;
    if (!isDelimiter(html.charCodeAt(end))) continue;
    if (html.slice(at + 2, end).toLowerCase() === name) return at;
  }
  return html.length;
}

/**
 * The text of a script: after `<!--` an inner `<script` is closed by an end tag of its own ("script data
 * double escaped state"), up to `-->`.
 */
export class ScriptText {
  /** Place of the next `<!--`, looked for once. */
  #comment = -1;

  constructor(readonly html: string) {}

  /** Start of the end tag of a script whose text starts at `from`. */
  end(from: number): number {
    const { html } = this;
    const end = rawTextEnd(html, from, 'script');
    if (this.#comment < from) {
      this.#comment = html.indexOf('<!--', from);
      if (this.#comment < 0) this.#comment = html.length;
    }
    return this.#comment > end ? end : this.#escapedEnd(this.#comment);
  }

  #escapedEnd(from: number): number {
    const { html } = this;
    const mark = /<!--|-->|<\/?script[\t\n\f />]/gi;
    mark.lastIndex = from;
    let state: 'plain' | 'escaped' | 'double' = 'plain';
    for (let found = mark.exec(html); found !== null; found = mark.exec(html)) {
      const [token] = found;
      if (token === '<!--') {
        if (state === 'plain') state = 'escaped';
        // The dashes may be those of `-->`, too.
        mark.lastIndex -= 2;
      } else if (token === '-->') state = 'plain';
      else if (token.startsWith('</')) {
        if (state !== 'double') return found.index;
        state = 'escaped';
      } else if (state === 'escaped') state = 'double';
    }
    return html.length;
  }
}

/** Of a comment whose text starts at `start`: where the text ends, and what follows the comment. */
export function commentEnd(html: string, start: number): { readonly end: number; readonly next: number } {
  if (html.startsWith('>', start)) return { end: start, next: start + 1 };
  if (html.startsWith('->', start)) return { end: start, next: start + 2 };
  for (let at = html.indexOf('--', start); at >= 0; at = html.indexOf('--', at)) {
    let after = at + 2;
    while (html.charCodeAt(after) === 45) after++;
    if (html.charCodeAt(after) === 62) return { end: after - 2, next: after + 1 };
    if (html.startsWith('!>', after)) return { end: after - 2, next: after + 2 };
    if (after >= html.length || (html[after] === '!' && after + 1 >= html.length))
      return { end: after - 2, next: html.length };
    at = after;
  }
  const end = html.endsWith('-') && html.length > start ? html.length - 1 : html.length;
  return { end, next: html.length };
}
