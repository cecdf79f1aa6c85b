/**
 * Text → Markdown that reads back as the same text (CommonMark 0.31, and tables of GitHub Flavored Markdown).
 * What could not be read as markup where it stands is left as it is: `snake_case`, `2 + 2`, `5 < 6`.
 */

/** Characters that may be markup wherever they stand. */
const anywhere = /[\\`*_[\]<&~]/;

/** Inside a line, `atStart` of it or not. `table`: in a cell. */
export function escapeMarkdown(text: string, atStart: boolean, table = false): string {
  let escaped = text;
  if (anywhere.test(escaped)) {
    escaped = escaped
      .replace(/[\\`*[\]]/g, '\\$&')
      // Between letters an underscore is a letter.
      .replace(/_/g, (mark, at: number, whole: string) =>
        isWordCharacter(whole, at - 1) && isWordCharacter(whole, at + 1) ? mark : '\\_',
      )
      .replace(/<(?=\S)/g, '\\<')
      .replace(/&(?=#?[a-z\d]+;)/gi, '\\&')
      .replace(/~(?=~)|(?<=~)~/g, '\\~');
  }
  if (table) escaped = escaped.replaceAll('|', '\\|');
  return atStart ? escapeLineStart(escaped) : escaped;
}

const wordCharacter = /[\p{L}\p{N}]/u;

function isWordCharacter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (Number.isNaN(code)) return false;
  if (code < 128) return (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122);
  // Halves of pairs are taken for no letters: the underscore is escaped then.
  return wordCharacter.test(text[at]!);
}

/** What would begin a heading, an item, a quote, a line across or a block of code. */
function escapeLineStart(text: string): string {
  const mark = /^(?:#{1,6}(?=\s|$)|[-+](?=\s|$|-)|[=>|:]|~~~)/.exec(text);
  if (mark !== null) return `\\${text}`;
  return text.replace(/^(\d{1,9})([.)])(?=\s|$)/, '$1\\$2');
}

/** A code span; in a cell of a table a bar must be escaped even here. */
export function codeSpan(text: string, table = false): string {
  const fence = '`'.repeat(longestRun(text, '`') + 1);
  const pad = /^`|`$|^ .* $/.test(text) ? ' ' : '';
  const inner = table ? text.replaceAll('|', '\\|') : text;
  return `${fence}${pad}${inner}${pad}${fence}`;
}

export function longestRun(text: string, character: string): number {
  let longest = 0;
  let run = 0;
  for (const at of text) {
    run = at === character ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}
