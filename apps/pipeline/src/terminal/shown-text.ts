/**
 * Text from elsewhere (file names, flags, crawled titles, model output) as a terminal may have it: what would
 * move the cursor, colour, ring, retitle the window or turn the reading direction is shown as a symbol
 * instead of being obeyed.
 */
import type { Output } from './output.js';

// C0 but tab and line feed, DEL, C1 (0x9b alone begins a sequence), and the marks that turn the direction of
// text.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to show
const obeyed = /\r\n|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Escape becomes ␛, 0x9b becomes \x9b, U+202E becomes \u202e; lines stay lines. */
export function shownText(text: string): string {
  return text.replaceAll(obeyed, (found) => (found === '\r\n' ? '\n' : symbol(found)));
}

/** The same on one line: a line feed inside is shown as ␊. */
export function shownLine(text: string): string {
  return shownText(text).replaceAll('\n', '␊');
}

function symbol(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '␡';
  return code < 0x100 ? `\\x${code.toString(16)}` : `\\u${code.toString(16)}`;
}

/**
 * A JSON line that a terminal can be shown: JSON itself escapes only the first 32 characters. Parses to the
 * same value.
 */
export function jsonLine(value: unknown): string {
  const escaped = JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${escaped}\n`;
}

/** Both streams, with everything that is written to them shown; the terminal is for those who draw. */
export function shownOutput({ stdout, stderr, terminal }: Output): Output {
  return {
    stdout: { write: (text) => stdout.write(shownText(text)) },
    stderr: { write: (text) => stderr.write(shownText(text)) },
    terminal,
  };
}
