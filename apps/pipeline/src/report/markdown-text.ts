/**
 * Text from elsewhere inside Markdown: one line that reads as it is written, in every renderer. What Markdown
 * or HTML would act on becomes a character reference, which never counts as markup (CommonMark 2.5) and which
 * table splitters do not see, whereas they disagree about backslashes before a bar.
 */
import { shownText } from '../terminal/shown-text.js';

// Links and images need brackets, code a backtick, emphasis a star or an underscore, bare links "://", "www."
// or "@", formulas a dollar.
const acted = /[&<>|\\`[\]*_~@$]|:(?=\/\/)|(?<=\bwww)\./gi;

export function markdownText(text: string): string {
  return shownText(text)
    .replaceAll(acted, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll(/[^\S\n]*[\n␍][^\S\n]*/g, ' ⏎ ')
    .trim();
}
